"""The public keys for verifying tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from application.identity.dto.discovery import PublicKey


class KeyPublisher(Protocol):
    @property
    def issuer(self) -> str:
        """Return the issuer of the tokens, as in their claim `iss`."""

    def public_keys(self) -> list[PublicKey]:
        """Return the public keys, the signing key first; empty if nobody else can verify our tokens."""
