"""Migrations wait for locks without letting everybody wait behind them.

ALTER TABLE wants the table for itself. While it waits for somebody who reads, whoever wants to read waits
behind it. So it waits a moment only, is rolled back, and tried again.
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
"""SQLSTATE: a lock was not to be had in time, or was at odds with another one."""

LONGEST_PAUSE = 15
"""Seconds between two tries, in which whoever has waited gets their turn."""

OLDEST = "SELECT pid, xact_start, state, query FROM pg_stat_activity ORDER BY xact_start"


class LimitedPostgresqlImpl(PostgresqlImpl):
    """Begins transactions with the limit in what Alembic writes for `--sql`, too."""

    __dialect__ = "postgresql"

    def emit_begin(self) -> None:
        super().emit_begin()
        limit = DatabaseSettings.model_fields["migration_lock_timeout"].default
        self.static_output(f"{_limit(limit)};")


def limit_waiting(engine: AsyncEngine, seconds: float) -> None:
    """Let no transaction wait longer for a lock.

    What runs outside of a transaction, such as CREATE INDEX CONCURRENTLY, is in nobody's way and has
    no limit.
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
    """Run, and run again what got no lock; each migration is a transaction, which was rolled back.

    Args:
        patience: seconds after which it is not tried any more.

    Raises:
        CommandError: it got no lock in all that time.
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
                    f"Somebody keeps the table. The oldest transactions are the first of: {OLDEST}"
                ) from exc
        say(f"A migration got no lock in time, and lets others go first. Again in {pause} s.")
        await asyncio.sleep(pause)
