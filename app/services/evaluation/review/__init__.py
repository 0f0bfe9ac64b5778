"""Review of photos that were not found, doubtful, or called wrong."""
