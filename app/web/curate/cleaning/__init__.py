"""Pages that clean the collection up: merging of duplicates, the bin."""
