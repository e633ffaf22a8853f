"""Simulation: histories, deliveries, crashes and races, each repeated from one number."""
