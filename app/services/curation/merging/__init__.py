"""Merging of duplicates, field by field or by a rule, and undoing it."""
