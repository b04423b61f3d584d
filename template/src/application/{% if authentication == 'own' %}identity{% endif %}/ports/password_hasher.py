"""Hashing passwords."""

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

        A hash of None stands for a user who does not exist; the result is False. `costs` are the
        cost parameters of all stored hashes. If they are given, the work of each of them is done
        once, whatever the hash and the result, so that the response time does not reveal which
        usernames exist.
        """

    def needs_rehash(self, password_hash: str) -> bool:
        """Tell whether `hash` would now use other costs, higher or lower, than this hash has."""
