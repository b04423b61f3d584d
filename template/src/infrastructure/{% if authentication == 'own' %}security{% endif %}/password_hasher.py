"""Hashing passwords with Argon2id."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError

if TYPE_CHECKING:
    from collections.abc import Collection


class Argon2PasswordHasher:
    """Hashes in a thread: Argon2 releases the GIL, so the event loop is not blocked."""

    def __init__(self, *, memory_kib: int, time_cost: int) -> None:
        self._argon2 = Argon2(memory_cost=memory_kib, time_cost=time_cost, parallelism=1)
        self._costs = f"m={memory_kib},t={time_cost},p=1"

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self._argon2.hash, password)

    async def verify(
        self, password: str, password_hash: str | None, costs: Collection[str] = ()
    ) -> bool:
        hashes = {each: _dummy_hash(each) for each in costs}
        if password_hash is not None:
            hashes[_costs_of(password_hash)] = password_hash
        elif not hashes:
            hashes[self._costs] = _dummy_hash(self._costs)
        in_order = [hashes[each] for each in sorted(hashes)]
        return await asyncio.to_thread(self._matches_any, password, in_order)

    def _matches_any(self, password: str, hashes: list[str]) -> bool:
        matches = [self._matches(password, each) for each in hashes]  # all, even after a match
        return any(matches)

    def _matches(self, password: str, password_hash: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def needs_rehash(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)


def _costs_of(password_hash: str) -> str:
    """Return the parameters of a hash, which is `$argon2id$v=19$parameters$salt$output`."""
    return password_hash.split("$")[3] if password_hash.count("$") == 5 else ""


def _dummy_hash(costs: str) -> str:
    """Return a hash that no password matches, and that takes as long to verify as any other."""
    salt, output = "A" * 22, "A" * 43  # 16 and 32 bytes of zeros, in base64
    return f"$argon2id$v=19${costs}${salt}${output}"
