"""The projector process: the same log gives the same bytes, whatever happens to it."""
