"""The processes, with real servers, real processes and real signals."""
