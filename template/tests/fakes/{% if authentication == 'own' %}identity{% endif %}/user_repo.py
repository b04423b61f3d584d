"""Fake for `application.identity.ports.user_repo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.identity.user import User
from domain.identity.value_objects.user import UserId
from tests.fakes.repository import FakeRepository

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.identity.value_objects.user import Username


class FakeUserRepository(FakeRepository[User, UserId]):
    unique = (("username",), ("email",))

    async def find_by_username(self, session: AsyncSession, username: Username) -> User | None:
        return self.find_by(username=username)
