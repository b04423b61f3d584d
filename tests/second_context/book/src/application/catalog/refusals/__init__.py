"""What the use cases refuse, each with the code that clients decide by."""
