"""Local features: RootSIFT, visual words, the inverted index, voting."""
