"""Conflict Timeline: records what was reported, and folds it into timelines that can be cited and proved."""
