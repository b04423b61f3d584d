"""The value objects of identity, one module per entity.

`parse` is for values from outside and raises `DomainError`. `from_trusted` is for values that the
service itself has stored or signed, and checks nothing.
"""
