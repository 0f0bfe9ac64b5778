"""Geometric verification and the decision that follows from it."""
