"""Tests of what every process has: settings and logs."""
