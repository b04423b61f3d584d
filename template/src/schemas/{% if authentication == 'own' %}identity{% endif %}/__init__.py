"""The wire shapes of identity.

`max_length` only keeps oversized input out: what makes a good value is for the domain to say, in
words. What is declared beside it is not checked here. It tells clients beforehand what the domain
will say, and a test keeps the two the same.
"""
