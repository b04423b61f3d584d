"""What goes into the use cases of the catalogue, and what comes out."""
