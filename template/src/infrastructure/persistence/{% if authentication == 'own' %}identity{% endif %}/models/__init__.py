"""The rows of identity. They are private to this package: nothing else sees one."""
