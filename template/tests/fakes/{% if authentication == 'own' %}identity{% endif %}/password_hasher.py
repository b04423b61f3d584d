"""Fake for `application.identity.ports.password_hasher`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


class FakePasswordHasher:
    """Hashes by writing the password backwards, and counts how often it verified."""

    def __init__(self, *, salt: str = "") -> None:
        self.verifications = 0
        self._salt = salt

    async def hash(self, password: str) -> str:
        return self._salt + password[::-1]

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.verifications += 1
        return password_hash is not None and password_hash.endswith(password[::-1])

    def needs_rehash(self, password_hash: str) -> bool:
        return not password_hash.startswith(self._salt)
