"""The values of identity, a module for each entity.

`parse` is for whatever comes from outside and raises `DomainError`; `from_trusted` is for what the
service stored or signed itself, and checks nothing.
"""
