"""The whole service over HTTP, as clients meet it: real processes, real sockets."""
