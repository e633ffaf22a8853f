"""Public data sets and feeds, read into events; one module a set."""
