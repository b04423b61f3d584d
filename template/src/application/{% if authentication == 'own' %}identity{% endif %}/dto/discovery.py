"""The information that other services need to verify our tokens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issuer:
    """The token issuer: `name` is the claim `iss`, `address` the base URL without a trailing slash."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A JSON Web Key, with the RFCs' member names (RFC 7517; RFC 7518, section 6; RFC 8037)."""

    kid: str
    kty: str
    alg: str
    use: str
    crv: str | None = None
    x: str | None = None
    y: str | None = None
    n: str | None = None
    e: str | None = None
