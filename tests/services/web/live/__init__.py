"""Live subscription to timelines."""
