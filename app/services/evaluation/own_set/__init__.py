"""The collection's own evaluation set: photos that curators put into it."""
