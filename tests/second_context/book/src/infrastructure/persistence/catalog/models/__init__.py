"""The rows of the catalogue. They are private to this package: nothing else sees one."""
