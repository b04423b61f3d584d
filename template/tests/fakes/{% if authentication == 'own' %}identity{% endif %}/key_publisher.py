"""Fake for `application.identity.ports.key_publisher`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.identity.dto.discovery import PublicKey


class FakeKeyPublisher:
    """Publishes the given keys."""

    issuer = "https://accounts.example.org"

    def __init__(self, *keys: PublicKey) -> None:
        self._keys = keys

    def public_keys(self) -> list[PublicKey]:
        return list(self._keys)
