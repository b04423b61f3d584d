"""The migrations that a database has had, as far as the running service has to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, DateTime, MetaData, Table, Text, func, select

from application.errors import RepoUnavailableError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

applied_migrations = Table(
    "applied_migrations",
    MetaData(),  # of its own: it is no table of the service's, and no migration makes it
    Column("name", Text, primary_key=True),
    Column("applied_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
)
"""What `migrations/` has done to this database: also what is newer than this code."""

_THE_LIST = func.to_regclass(applied_migrations.name)
_LATEST_FIRST = select(applied_migrations.c.name).order_by(
    applied_migrations.c.applied_at.desc(), applied_migrations.c.name.desc()
)


async def require_migration(session: AsyncSession, name: str) -> None:
    """Return if the database has had this migration, whatever has come after it.

    Raises:
        RepoUnavailableError: its tables are older.
    """
    applied: list[str] = []
    if await session.scalar(select(_THE_LIST.is_not(None))):
        applied = list(await session.scalars(_LATEST_FIRST))
    if name not in applied:
        has = applied[0] if applied else "no migration"
        raise RepoUnavailableError(
            f"the tables are older than the code: they have had {has}, and it needs {name}"
        )
