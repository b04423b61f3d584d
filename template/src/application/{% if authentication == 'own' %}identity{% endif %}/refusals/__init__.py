"""The refusals of the use cases of identity, each with its own code for clients."""
