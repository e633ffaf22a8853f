"""The kit that ships for tests of projections."""
