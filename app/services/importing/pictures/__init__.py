"""Pictures of an import: found by name in ZIP files and folders."""
