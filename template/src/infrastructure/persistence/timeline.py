"""Checking which migrations have been applied to the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, DateTime, MetaData, Table, Text, func, select

from application.errors import RepoUnavailableError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

applied_migrations = Table(
    "applied_migrations",
    MetaData(),  # a separate one: no migration creates this table
    Column("name", Text, primary_key=True),
    Column("applied_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
)
"""The migrations applied to this database, including those that are newer than this code."""

_THE_LIST = func.to_regclass(applied_migrations.name)
_LATEST_FIRST = select(applied_migrations.c.name).order_by(
    applied_migrations.c.applied_at.desc(), applied_migrations.c.name.desc()
)


async def require_migration(session: AsyncSession, name: str) -> None:
    """Return if this migration has been applied to the database, whether or not newer ones have.

    Raises:
        RepoUnavailableError: the tables are older than this migration.
    """
    applied: list[str] = []
    if await session.scalar(select(_THE_LIST.is_not(None))):
        applied = list(await session.scalars(_LATEST_FIRST))
    if name not in applied:
        has = applied[0] if applied else "no migration"
        raise RepoUnavailableError(
            f"the tables are older than the code: they have had {has}, and it needs {name}"
        )
