"""Backups of an instance while it runs, and instances made of them again."""
