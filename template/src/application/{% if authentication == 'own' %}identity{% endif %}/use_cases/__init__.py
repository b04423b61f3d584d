"""What can be done with users.

A use case is a function. What differs from call to call comes first; what it works with is given by
keyword and bound once, in `presentation.deps`. Each owns its transaction; `application.sessions`
tells the kinds of sessions apart. `actor` is the user who asks, as `authenticate` found them.
"""
