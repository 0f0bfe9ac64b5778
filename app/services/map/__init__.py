"""The map of the collection: building, registry, reading."""
