"""Import of catalogues: sources, mappings, dry runs, recording, rollback."""
