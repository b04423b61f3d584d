"""The HTTP interface: routes, their dependencies, and the format of errors."""
