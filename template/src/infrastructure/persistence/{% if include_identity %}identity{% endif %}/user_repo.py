"""Users in PostgreSQL.

Statements are written against the table, not the ORM class, and those that read are built once: ORM
entities, which would live in the session, cost several times as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, true, update

from application.errors import RepoNotFoundError, RepoStaleError
from domain.identity.user import User
from domain.identity.value_objects import Email, UserId, Username
from infrastructure.persistence.identity.models import UserModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams

_USERS = UserModel.__table__
_BY_ID = select(_USERS).where(_USERS.c.id == bindparam("user_id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()
_BY_USERNAME = select(_USERS).where(_USERS.c.username == bindparam("username"))

# The join gives the total even where the page is empty: then it is one row without a user.
_TOTAL = select(func.count().label("total")).select_from(_USERS).subquery()
_PAGE = (
    select(_USERS)
    .order_by(_USERS.c.created_at, _USERS.c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
    .subquery()
)
_PAGE_WITH_TOTAL = (
    select(_TOTAL.c.total, _PAGE)
    .select_from(_TOTAL.outerjoin(_PAGE, true()))
    .order_by(_PAGE.c.created_at, _PAGE.c.id)
)
_INSERT = insert(_USERS)
_UPDATE = (
    update(_USERS)
    .where(_USERS.c.id == bindparam("user_id"), _USERS.c.version == bindparam("read_version"))
    .values(version=_USERS.c.version + 1)
    .returning(_USERS.c.version)
)


class PgUserRepository:
    async def insert(self, session: AsyncSession, user: User) -> None:
        fixed = {"id": user.id.value, "created_at": user.created_at, "version": user.version}
        await session.execute(_INSERT, fixed | _state(user))

    async def update(self, session: AsyncSession, user: User) -> None:
        read = {"user_id": user.id.value, "read_version": user.version}
        new_version = await session.scalar(_UPDATE.values(_state(user)), read)
        if new_version is None:
            if await self.find_by_id(session, user.id) is None:
                raise RepoNotFoundError(f"no user {user.id.value}")
            raise RepoStaleError(f"user {user.id.value} is newer than version {user.version}")
        user.version = new_version

    async def find_by_id(self, session: AsyncSession, user_id: UserId) -> User | None:
        row = (await session.execute(_BY_ID, {"user_id": user_id.value})).one_or_none()
        return _into_domain(row) if row else None

    async def lock(self, session: AsyncSession, user_id: UserId) -> User | None:
        row = (await session.execute(_BY_ID_LOCKED, {"user_id": user_id.value})).one_or_none()
        return _into_domain(row) if row else None

    async def find_by_username(self, session: AsyncSession, username: Username) -> User | None:
        row = (await session.execute(_BY_USERNAME, {"username": username.value})).one_or_none()
        return _into_domain(row) if row else None

    async def list(self, session: AsyncSession, params: PageParams) -> tuple[Sequence[User], int]:
        window = {"limit": params.limit, "offset": params.offset}
        rows = (await session.execute(_PAGE_WITH_TOTAL, window)).all()
        return [_into_domain(row) for row in rows if row.id is not None], rows[0].total


def _into_domain(row: Row[*tuple[Any, ...]]) -> User:
    return User(
        id=UserId.from_trusted(row.id),
        username=Username.from_trusted(row.username),
        email=Email.from_trusted(row.email),
        password_hash=row.password_hash,
        is_admin=row.is_admin,
        is_active=row.is_active,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        credentials_version=row.credentials_version,
    )


def _state(user: User) -> dict[str, Any]:
    """Return the columns that can change in a user's life."""
    return {
        "username": user.username.value,
        "email": user.email.value,
        "password_hash": user.password_hash,
        "is_admin": user.is_admin,
        "is_active": user.is_active,
        "credentials_version": user.credentials_version,
        "updated_at": user.updated_at,
    }
