"""What every process has: settings, logging, patience with the broker, and planned faults."""
