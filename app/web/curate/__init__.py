"""Curators' pages: editing of the collection."""
