"""Conflict Timeline: records what was reported, and folds it into timelines to cite and prove."""
