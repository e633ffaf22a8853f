"""Tests that what readers get of the seed article is what its inventory asks for."""
