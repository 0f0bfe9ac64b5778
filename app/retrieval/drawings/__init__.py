"""Drawn artworks for the demo and the tests."""
