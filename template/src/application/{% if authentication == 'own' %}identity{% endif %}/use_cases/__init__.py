"""The use cases for users.

A use case is a function. The arguments that vary from call to call come first. Its dependencies are
keyword arguments, and are bound once, in `presentation.deps`. Each use case owns its transaction;
`application.sessions` describes the kinds of sessions. `actor` is the result of `authenticate`.
"""
