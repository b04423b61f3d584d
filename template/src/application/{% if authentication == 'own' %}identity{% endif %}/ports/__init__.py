"""The ports of the use cases of identity.

Each docstring is a contract: the same tests run against the adapter and against the fake. Adapter
and fake are in files with the same name as the port's.
"""
