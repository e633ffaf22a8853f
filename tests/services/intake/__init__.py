"""The intake process: each entry of its streams recorded, a repeat, or refused."""
