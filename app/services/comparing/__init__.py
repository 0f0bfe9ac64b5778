"""Comparison of retrieval methods on one picture."""
