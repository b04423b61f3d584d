"""Hypothesis draws pages of contexts, good ones and spoiled ones, the odd as likely as the usual.

`words` has names, `types` fields, `behaviour` what is done with an aggregate, and `pages` puts them together.
`mending` takes out of a page what is refused. `spoiled` spoils good pages anywhere, `faults` in a way that is
named. A new type or key is drawn by one line, and meets all others.
"""
