"""Bin of withdrawn works: what is in it, restoring, deletion for good."""
