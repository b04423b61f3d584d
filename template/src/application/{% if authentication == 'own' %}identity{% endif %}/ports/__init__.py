"""What the use cases of identity ask of the outside.

Each docstring is a contract: the same tests run against the adapter and against the fake, and both
are in files of the same name.
"""
