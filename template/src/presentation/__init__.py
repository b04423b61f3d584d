"""The way in: HTTP routes, how they are wired, and how errors look on the wire."""
