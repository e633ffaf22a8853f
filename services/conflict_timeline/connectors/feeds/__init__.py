"""Feeds: fetched within bounds, parsed apart, and remembered once they are recorded."""
