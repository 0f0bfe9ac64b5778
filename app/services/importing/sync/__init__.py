"""Sync: a collection kept in step with sources that are asked again and again."""
