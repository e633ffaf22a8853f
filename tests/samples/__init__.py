"""Tests that the sample histories are what their `SOURCE.md` says."""
