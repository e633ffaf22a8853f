"""Facts in: append events to the log of their conflict, follow it, and keep what was refused."""
