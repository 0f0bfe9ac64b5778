"""Curators' pages of many works: bulk edits, spellings of the same, what works lack."""
