"""The values of the catalogue, a module for each entity."""
