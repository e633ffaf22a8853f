"""The broker, with real servers, real processes and real signals."""
