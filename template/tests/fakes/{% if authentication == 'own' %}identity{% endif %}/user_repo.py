"""Fake for `application.identity.ports.user_repo`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from application.errors import RepoConflictError, RepoNotFoundError, RepoStaleError
from domain.identity.value_objects.user import UserId
from tests.fakes.sessions import refuse_lost_change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams, SliceParams
    from application.sessions import AutocommitSession, WriteSession
    from domain.identity.user import User
    from domain.identity.value_objects.user import Username


class FakeUserRepository:
    """Keeps copies, as a database would: a change counts only when it is stored."""

    def __init__(self) -> None:
        self._users: dict[UserId, User] = {}

    async def insert(self, session: WriteSession, user: User) -> None:
        refuse_lost_change(session)
        self._refuse_taken(user)
        self._users[user.id] = replace(user)

    async def update(self, session: WriteSession | AutocommitSession, user: User) -> None:
        refuse_lost_change(session)
        stored = self._users.get(user.id)
        if stored is None:
            raise RepoNotFoundError("no such user")
        if stored.version != user.version:
            raise RepoStaleError("newer than what was read")
        self._refuse_taken(user)
        user.version += 1
        self._users[user.id] = replace(user)

    async def find_by_id(self, session: AsyncSession, user_id: UserId) -> User | None:
        user = self._users.get(user_id)
        return replace(user) if user else None

    async def lock(self, session: WriteSession, user_id: UserId) -> User | None:
        refuse_lost_change(session)
        return await self.find_by_id(session, user_id)

    async def find_by_username(self, session: AsyncSession, username: Username) -> User | None:
        found = (user for user in self._users.values() if user.username == username)
        return next((replace(user) for user in found), None)

    async def list(self, session: AsyncSession, params: PageParams) -> tuple[Sequence[User], int]:
        ordered = self._oldest_first()
        page = ordered[params.offset : params.offset + params.limit]
        return [replace(user) for user in page], len(ordered)

    async def list_after(
        self, session: AsyncSession, params: SliceParams[UserId]
    ) -> Sequence[User]:
        ordered = self._oldest_first()
        if params.after is not None:
            ids = [user.id for user in ordered]
            ordered = ordered[ids.index(params.after) + 1 :] if params.after in ids else []
        return [replace(user) for user in ordered[: params.limit]]

    def _oldest_first(self) -> Sequence[User]:
        return sorted(self._users.values(), key=lambda user: (user.created_at, user.id.value))

    def _refuse_taken(self, user: User) -> None:
        others = [other for other in self._users.values() if other.id != user.id]
        if any(other.username == user.username for other in others):
            raise RepoConflictError("taken", field="username")
        if any(other.email == user.email for other in others):
            raise RepoConflictError("taken", field="email")
