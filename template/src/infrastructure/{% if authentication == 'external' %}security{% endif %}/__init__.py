"""Verifying the access tokens of an external issuer, and fetching its keys."""
