"""The schemas of identity.

`max_length` only refuses oversized input. The domain checks the values and explains what is wrong
with them. The patterns and lengths in `json_schema_extra` are not checked here: they tell clients
in advance what the domain checks, and a test keeps the two in agreement.
"""
