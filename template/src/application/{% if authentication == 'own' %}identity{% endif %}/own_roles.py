"""The roles of your own contexts, which admins may assign to users, beside those of `contexts.yml`.

For example `frozenset({"auditor", "clerk"})`.
"""

OWN_ROLES: frozenset[str] = frozenset()
