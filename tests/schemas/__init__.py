"""Tests of the contract package, `conflict_events`."""
