"""The projector process: folds logs into timelines, live; and replays them in the foreground."""
