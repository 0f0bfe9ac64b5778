"""Atomic files and folders, locks, files of arrays."""
