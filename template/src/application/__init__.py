"""What the service can do: use cases, the ports they need, and the errors they end in."""
