"""Users in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, literal, select

from domain.identity.user import User
from domain.identity.value_objects.user import Email, Role, UserId, Username
from infrastructure.persistence.identity.models.user import IS_ARGON2, PASSWORD_COSTS, UserModel
from infrastructure.persistence.queries import Query
from infrastructure.persistence.rows import ListedRows, VersionedRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams, SliceParams
    from application.sessions import AutocommitSession, WriteSession
    from infrastructure.persistence.rows import Row

_TABLE = UserModel.__table__
_ROWS = VersionedRows(_TABLE)
_LIST = ListedRows(_ROWS, _TABLE)
_BY_USERNAME = Query(_ROWS.select.where(_TABLE.c.username == bindparam("username")))

# The distinct costs, by a loose index scan: each step jumps to the next value, so it reads one
# index entry for each of the costs, not for each user.
_LEAST_COSTS = select(func.min(PASSWORD_COSTS).label("costs")).select_from(_TABLE).where(IS_ARGON2)
_WALK = _LEAST_COSTS.cte("walk", recursive=True)
_NEXT_COSTS = _LEAST_COSTS.where(_WALK.c.costs < PASSWORD_COSTS).correlate(_WALK).scalar_subquery()
_WALK = _WALK.union_all(select(_NEXT_COSTS).where(_WALK.c.costs.is_not(None)))
_COSTS = func.array(select(_WALK.c.costs).where(_WALK.c.costs.is_not(None)).scalar_subquery())
_ONCE = select(literal(1)).subquery()
_FOR_LOGIN = Query(
    select(_COSTS.label("costs"), _TABLE).select_from(
        _ONCE.outerjoin(_TABLE, _TABLE.c.username == bindparam("username"))
    )
)


class PgUserRepository:
    async def insert(self, session: WriteSession, user: User) -> None:
        await _ROWS.insert(session, _from_domain(user))

    async def update(self, session: WriteSession | AutocommitSession, user: User) -> None:
        user.version = await _ROWS.update(session, _from_domain(user))

    async def find_by_id(self, session: AsyncSession, user_id: UserId) -> User | None:
        row = await _ROWS.find(session, user_id.value)
        return _into_domain(row) if row else None

    async def lock(self, session: WriteSession, user_id: UserId) -> User | None:
        row = await _ROWS.lock(session, user_id.value)
        return _into_domain(row) if row else None

    async def find_by_username(self, session: AsyncSession, username: Username) -> User | None:
        row = await _BY_USERNAME.row(session, username=username.value)
        return _into_domain(row) if row else None

    async def find_for_login(
        self, session: AsyncSession, username: Username
    ) -> tuple[User | None, Sequence[str]]:
        [row] = await _FOR_LOGIN.rows(session, username=username.value)
        user = _into_domain(row) if row["id"] is not None else None
        return user, row["costs"]

    async def list(self, session: AsyncSession, params: PageParams) -> tuple[Sequence[User], int]:
        rows, total = await _LIST.page(session, params)
        return [_into_domain(row) for row in rows], total

    async def list_after(
        self, session: AsyncSession, params: SliceParams[UserId]
    ) -> Sequence[User]:
        after = params.after.value if params.after else None
        return [_into_domain(row) for row in await _LIST.slice(session, params.limit, after)]


def _into_domain(row: Row) -> User:
    return User(
        id=UserId.from_trusted(row["id"]),
        username=Username.from_trusted(row["username"]),
        email=Email.from_trusted(row["email"]),
        password_hash=row["password_hash"],
        is_admin=row["is_admin"],
        is_active=row["is_active"],
        roles=frozenset(map(Role.from_trusted, row["roles"])),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
        credentials_version=row["credentials_version"],
    )


def _from_domain(user: User) -> Row:
    return {
        "id": user.id.value,
        "username": user.username.value,
        "email": user.email.value,
        "password_hash": user.password_hash,
        "is_admin": user.is_admin,
        "is_active": user.is_active,
        "roles": [role.value for role in sorted(user.roles)],
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "version": user.version,
        "credentials_version": user.credentials_version,
    }
