"""What goes into the use cases of identity, and what comes out."""
