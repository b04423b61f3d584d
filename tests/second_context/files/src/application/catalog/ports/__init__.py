"""What the use cases of the catalogue ask of the outside."""
