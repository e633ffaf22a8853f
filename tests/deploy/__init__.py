"""What deploy/ says, run where it can be run."""
