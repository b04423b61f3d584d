"""The health checks: whether the service can do its work."""
