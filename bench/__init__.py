"""Measurements of speed, memory, scale and quality: run by hand, not by the tests."""
