"""Facts in: appending to logs, following them, and what was refused."""
