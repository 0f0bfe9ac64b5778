"""Fault of a file that is no table at all."""


class TableError(Exception):
    """Fault of a file that is no table at all; the message says why."""
