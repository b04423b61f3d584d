"""Hashing passwords with Argon2id, and issuing access tokens as signed JWTs."""
