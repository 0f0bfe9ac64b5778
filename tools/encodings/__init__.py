"""Comparison of what can tell the encoding of a museum's table."""
