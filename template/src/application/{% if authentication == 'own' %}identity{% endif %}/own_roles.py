"""The roles of your own contexts, which admins may assign to users, beside those of `contexts.yml`."""

OWN_ROLES: frozenset[str] = frozenset()
