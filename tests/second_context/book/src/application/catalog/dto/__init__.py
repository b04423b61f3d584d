"""What goes into the use cases, and what comes out."""
