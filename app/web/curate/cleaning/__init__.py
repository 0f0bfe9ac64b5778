"""Pages that clean the collection up: what wants a look, merging, the bin."""
