"""What the work costs, measured in one run beside the least that the same work can cost."""
