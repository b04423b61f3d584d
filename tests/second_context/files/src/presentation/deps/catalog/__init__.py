"""What the routes of the catalogue work with."""
