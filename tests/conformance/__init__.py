"""One suite of promises, kept by the stores in Redis and by those in memory."""
