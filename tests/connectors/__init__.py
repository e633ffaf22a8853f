"""Tests of the connectors: what each makes of the rows of its set."""
