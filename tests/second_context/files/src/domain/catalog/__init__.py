"""Books and their editions, from the draft to the shelf and off it."""
