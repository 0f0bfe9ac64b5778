"""Index of the collection: features, building, opening, following changes."""
