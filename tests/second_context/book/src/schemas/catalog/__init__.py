"""The wire shapes of the catalogue."""
