"""Tests of the pure answers over entries."""
