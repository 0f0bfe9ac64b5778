"""Pages on which curators add, order and remove pictures of works."""
