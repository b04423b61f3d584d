"""Passwords, hashed with Argon2id, and access tokens, signed JWTs."""
