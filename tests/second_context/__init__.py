"""A second bounded context, as the owner of a service writes it: `files` is laid over a rendered one."""
