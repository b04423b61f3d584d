"""The inputs and outputs of the use cases of identity."""
