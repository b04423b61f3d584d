"""Fake for `application.identity.ports.password_hasher`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


class FakePasswordHasher:
    """Hashes by reversing the password, and records the work of each verification."""

    def __init__(self, *, costs: str = "m=1,t=1,p=1") -> None:
        self.work: list[list[str]] = []
        self._costs = costs

    @property
    def verifications(self) -> int:
        return len(self.work)

    async def hash(self, password: str) -> str:
        return f"$argon2id$v=19${self._costs}$salt${password[::-1]}"

    async def verify(
        self, password: str, password_hash: str | None, costs: Collection[str] = ()
    ) -> bool:
        _, _, _, own, _, backwards = (password_hash or f"$$${self._costs}$$").split("$", 5)
        everything = {*costs, own} if password_hash else set(costs) or {own}
        self.work.append(sorted(everything))
        return password_hash is not None and backwards == password[::-1]

    def needs_rehash(self, password_hash: str) -> bool:
        return password_hash.split("$")[3] != self._costs
