"""Tests of the command line as people meet it: the real program, real signals, a real broker."""
