"""Reading the collection: works, labels, browsing, exports, pictures."""
