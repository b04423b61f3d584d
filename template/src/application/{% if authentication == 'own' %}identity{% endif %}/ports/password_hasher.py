"""Passwords, as they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection


class PasswordHasher(Protocol):
    async def hash(self, password: str) -> str:
        """Return a salted hash that `verify` understands."""

    async def verify(
        self, password: str, password_hash: str | None, costs: Collection[str] = ()
    ) -> bool:
        """Tell whether the hash was made from this password.

        None stands for a user who does not exist: the answer is no. `costs` are those of all hashes
        that are stored. Whoever names them has the work of each of them done, once, whatever the
        hash and the answer are, so that the time it takes tells nobody which names exist.
        """

    def needs_rehash(self, password_hash: str) -> bool:
        """Tell whether `hash` would work harder, or less hard, by now than it did for this one."""
