"""Shards of an index on several machines: workers that hold them, and engines."""
