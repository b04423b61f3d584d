"""The users of the service: their names, credentials and status."""
