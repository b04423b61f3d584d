"""Fake for `application.identity.ports.user_repo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.identity.user import User
from domain.identity.value_objects.user import UserId
from tests.fakes.repository import FakeRepository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.identity.value_objects.user import Username


class FakeUserRepository(FakeRepository[User, UserId]):
    unique = (("username",), ("email",))

    async def find_by_username(self, session: AsyncSession, username: Username) -> User | None:
        return self.find_by(username=username)

    async def find_for_login(
        self, session: AsyncSession, username: Username
    ) -> tuple[User | None, Sequence[str]]:
        hashes = [user.password_hash.split("$") for user in self.all()]
        costs = sorted({parts[3] for parts in hashes if parts[1:3] == ["argon2id", "v=19"]})
        return self.find_by(username=username), costs
