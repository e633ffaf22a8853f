"""Revisions out: committed once, read as of any position."""
