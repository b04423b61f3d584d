"""The models of identity. They are private to this package."""
