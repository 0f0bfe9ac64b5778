"""Curators' pages of what works tell visitors: texts, recordings, layout."""
