"""The index: built, opened, live."""
