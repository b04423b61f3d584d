"""Waiting for the locks of migrations without blocking the service.

ALTER TABLE needs an exclusive lock. While it waits for a query to end, all new queries of the table
wait behind it. So a migration waits only briefly, is rolled back, and is tried again.
"""

import asyncio
import time
from collections.abc import Callable
from itertools import chain, repeat

from alembic.ddl.postgresql import PostgresqlImpl
from alembic.util import CommandError
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from infrastructure.config import DatabaseSettings

NO_LOCK = ("55P03", "40P01")
"""SQLSTATE: a lock was not available in time, or there was a deadlock."""

LONGEST_PAUSE = 15
"""Seconds between two attempts, in which waiting queries can run."""

OLDEST = "SELECT pid, xact_start, state, query FROM pg_stat_activity ORDER BY xact_start"


class LimitedPostgresqlImpl(PostgresqlImpl):
    """Sets the lock timeout of each transaction in the output of `--sql`, too."""

    __dialect__ = "postgresql"

    def emit_begin(self) -> None:
        super().emit_begin()
        limit = DatabaseSettings.model_fields["migration_lock_timeout"].default
        self.static_output(f"{_limit(limit)};")


def limit_waiting(engine: AsyncEngine, seconds: float) -> None:
    """Limit the seconds that a transaction waits for a lock.

    Statements outside a transaction, such as CREATE INDEX CONCURRENTLY, block nobody and have no
    limit.
    """

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql(_limit(seconds))


def _limit(seconds: float) -> str:
    return f"SET LOCAL lock_timeout = '{seconds * 1000:.0f}ms'"


async def run_patiently(
    engine: AsyncEngine,
    run: Callable[[Connection], None],
    patience: float,
    say: Callable[[str], None],
) -> None:
    """Run the migrations. One that gets no lock is rolled back, and tried again.

    Args:
        patience: seconds after which there are no more attempts.

    Raises:
        CommandError: the lock was not available in all that time.
    """
    give_up_at = time.monotonic() + patience
    for pause in chain(range(1, LONGEST_PAUSE), repeat(LONGEST_PAUSE)):
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(run)
        except DBAPIError as exc:
            if getattr(exc.orig, "sqlstate", None) not in NO_LOCK:
                raise
            if time.monotonic() + pause > give_up_at:
                raise CommandError(
                    f"No lock in {patience:g} seconds, so this was rolled back: {exc.statement}\n"
                    f"Another transaction holds the lock. To list the oldest ones first: {OLDEST}"
                ) from exc
        say(f"A migration got no lock in time, and lets others go first. Retry in {pause} s.")
        await asyncio.sleep(pause)
