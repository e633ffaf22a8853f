"""The pure folds: rule by rule as a reader sees them, and history by history against the oracle."""
