"""The values of the catalogue."""
