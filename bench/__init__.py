"""Measurements of speed, memory and scale: run by hand, not by the tests."""
