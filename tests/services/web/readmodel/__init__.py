"""The read model: the same answers as the timelines themselves, from a file that may be lost."""
