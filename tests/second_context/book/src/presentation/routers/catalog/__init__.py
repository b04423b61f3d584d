"""The routes of the catalogue."""
