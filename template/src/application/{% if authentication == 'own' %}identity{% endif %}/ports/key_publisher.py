"""The public keys that tokens are verified with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from application.identity.dto.discovery import PublicKey


class KeyPublisher(Protocol):
    @property
    def issuer(self) -> str:
        """Say who signs the tokens, as it stands in them."""

    def public_keys(self) -> list[PublicKey]:
        """Return the keys, the one that signs first; none if nobody else can verify our tokens."""
