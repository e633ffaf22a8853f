"""The contract: what may be said to a conflict timeline, and how it is written."""
