"""Books, from a draft until they are withdrawn, and the shelves that they stand on."""
