"""Pure answers over entries as of a position."""
