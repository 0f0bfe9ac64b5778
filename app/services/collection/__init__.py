"""Reading the collection: works, labels, browsing, exports, picture sizes."""
