"""Mapping entities to outputs, because entities never leave the application layer."""
