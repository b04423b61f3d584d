"""The use cases of the service, the ports they need, and the errors they raise."""
