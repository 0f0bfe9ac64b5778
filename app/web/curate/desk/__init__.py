"""Review desk of curators."""
