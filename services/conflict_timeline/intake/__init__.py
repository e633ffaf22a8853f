"""The intake process: from the three intake streams into the logs, each entry exactly once."""
