"""Users in PostgreSQL.

Statements are written against the table, not the ORM class, and those that read are built once: ORM
entities, which would live in the session, cost several times as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, true, tuple_, update

from application.errors import RepoNotFoundError, RepoStaleError
from domain.identity.user import User
from domain.identity.value_objects.user import Email, UserId, Username
from infrastructure.persistence.identity.models.user import UserModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams, SliceParams
    from application.sessions import AutocommitSession, WriteSession

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
_SLICE = select(_USERS).order_by(_USERS.c.created_at, _USERS.c.id).limit(bindparam("limit"))
_SLICE_AFTER = _SLICE.where(
    tuple_(_USERS.c.created_at, _USERS.c.id)
    > select(_USERS.c.created_at, _USERS.c.id)
    .where(_USERS.c.id == bindparam("after"))
    .scalar_subquery()
)
_INSERT = insert(_USERS)
_UPDATE = (
    update(_USERS)
    .where(_USERS.c.id == bindparam("user_id"), _USERS.c.version == bindparam("read_version"))
    .values(version=_USERS.c.version + 1)
    .returning(_USERS.c.version)
)


class PgUserRepository:
    async def insert(self, session: WriteSession, user: User) -> None:
        fixed = {"id": user.id.value, "created_at": user.created_at, "version": user.version}
        await session.execute(_INSERT, fixed | _state(user))

    async def update(self, session: WriteSession | AutocommitSession, user: User) -> None:
        read = {"user_id": user.id.value, "read_version": user.version}
        new_version = await session.scalar(_UPDATE, read | _state(user))
        if new_version is None:
            if await self.find_by_id(session, user.id) is None:
                raise RepoNotFoundError(f"no user {user.id.value}")
            raise RepoStaleError(f"user {user.id.value} is newer than version {user.version}")
        user.version = new_version

    async def find_by_id(self, session: AsyncSession, user_id: UserId) -> User | None:
        row = (await session.execute(_BY_ID, {"user_id": user_id.value})).one_or_none()
        return _into_domain(row) if row else None

    async def lock(self, session: WriteSession, user_id: UserId) -> User | None:
        row = (await session.execute(_BY_ID_LOCKED, {"user_id": user_id.value})).one_or_none()
        return _into_domain(row) if row else None

    async def find_by_username(self, session: AsyncSession, username: Username) -> User | None:
        row = (await session.execute(_BY_USERNAME, {"username": username.value})).one_or_none()
        return _into_domain(row) if row else None

    async def list(self, session: AsyncSession, params: PageParams) -> tuple[Sequence[User], int]:
        window = {"limit": params.limit, "offset": params.offset}
        rows = (await session.execute(_PAGE_WITH_TOTAL, window)).all()
        return [_into_domain(row[1:]) for row in rows if row[1] is not None], rows[0].total

    async def list_after(
        self, session: AsyncSession, params: SliceParams[UserId]
    ) -> Sequence[User]:
        if params.after is None:
            rows = await session.execute(_SLICE, {"limit": params.limit})
        else:
            window = {"limit": params.limit, "after": params.after.value}
            rows = await session.execute(_SLICE_AFTER, window)
        return [_into_domain(row) for row in rows]


def _into_domain(row: Sequence[Any]) -> User:
    # By position, in the table's order: to look up each name costs more than all else here.
    (
        id_,
        username,
        email,
        password_hash,
        is_admin,
        is_active,
        created_at,
        updated_at,
        version,
        credentials_version,
    ) = row
    return User(
        id=UserId.from_trusted(id_),
        username=Username.from_trusted(username),
        email=Email.from_trusted(email),
        password_hash=password_hash,
        is_admin=is_admin,
        is_active=is_active,
        created_at=created_at,
        updated_at=updated_at,
        version=version,
        credentials_version=credentials_version,
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
