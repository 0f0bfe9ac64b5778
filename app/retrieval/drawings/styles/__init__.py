"""Painting styles of the drawn works, one function each."""
