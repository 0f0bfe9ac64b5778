"""Comparison lab: every retrieval method on one collection, in one report."""
