"""Pure folds from a log to a timeline: one module a projection, and what a projection is."""
