"""The curators' pages: keeping the collection."""
