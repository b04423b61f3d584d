"""Passwords, hashed with Argon2id."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError

if TYPE_CHECKING:
    pass


class Argon2PasswordHasher:
    """Hashes in a thread: Argon2 releases the interpreter lock, and the event loop goes on."""

    def __init__(self, *, memory_kib: int, time_cost: int) -> None:
        self._argon2 = Argon2(memory_cost=memory_kib, time_cost=time_cost, parallelism=1)
        self._hash_of_nobody = self._argon2.hash(uuid4().hex)

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self._argon2.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        return await asyncio.to_thread(
            self._verify, password, password_hash or self._hash_of_nobody
        )

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def needs_rehash(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)
