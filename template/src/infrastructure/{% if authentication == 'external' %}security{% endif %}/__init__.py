"""Access tokens of an issuer elsewhere: which are good, and the keys that tell."""
