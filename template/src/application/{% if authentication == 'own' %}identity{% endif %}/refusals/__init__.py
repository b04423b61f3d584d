"""What the use cases of identity refuse, each with the code that clients decide by."""
