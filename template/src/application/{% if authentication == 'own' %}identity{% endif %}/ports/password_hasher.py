"""Passwords, as they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    pass


class PasswordHasher(Protocol):
    async def hash(self, password: str) -> str:
        """Return a salted hash that `verify` understands."""

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the hash was made from this password.

        None stands for a user who does not exist: the answer is no, and it takes as long as any
        other, so that the time it takes tells nobody which names exist.
        """

    def needs_rehash(self, password_hash: str) -> bool:
        """Tell whether `hash` would work harder, or less hard, by now than it did for this one."""
