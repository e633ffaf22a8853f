"""Revisions out: commit them once, read them as of any position, know which version is served."""
