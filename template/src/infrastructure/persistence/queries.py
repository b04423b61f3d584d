"""Queries that are compiled once, and sent by the driver itself where that is possible.

In a session that only reads, a query takes an idle connection from the pool and hands its text to
asyncpg, because the way through SQLAlchemy's session, connection and greenlet takes several times
as long as the driver does. Inside a transaction, and where a connection has to be opened, checked or
waited for, it steps aside: the session executes it like any other statement.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Float

from infrastructure.persistence.errors import repo_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asyncpg import Record
    from sqlalchemy import Dialect, Select
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
    from sqlalchemy.types import TypeEngine

    from infrastructure.persistence.connections import WatchedConnection
    from infrastructure.persistence.pool import TranslatingPool
    from infrastructure.persistence.rows import Row
    from infrastructure.telemetry import StatementSpans

    Convert = Callable[[Any], Any]

_FLOAT8, _NUMERIC = 701, 1700  # pg_type.oid


class Query:
    """A `select` with parameters, written once at the top of a module. Rows are read by name."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._compiled: _CompiledQuery | None = None

    async def rows(self, session: AsyncSession, **parameters: object) -> list[Row]:
        shortcut: Shortcut | None = session.info.get(Shortcut)
        if shortcut:
            if self._compiled is None:
                self._compiled = _CompiledQuery(self._statement, shortcut.dialect)
            rows = await shortcut.rows(session, self._compiled, parameters)
            if rows is not None:
                return rows
        result = await session.execute(self._statement, parameters)
        names = tuple(result.keys())
        return [dict(zip(names, row, strict=True)) for row in result]

    async def row(self, session: AsyncSession, **parameters: object) -> Row | None:
        """Return the only row, or None if there is none."""
        rows = await self.rows(session, **parameters)
        return rows[0] if rows else None


class Shortcut:
    """The way to the driver past SQLAlchemy, for the sessions that have it in their `info`.

    What SQLAlchemy's events would do is done here: errors are translated, and statements traced.
    """

    def __init__(
        self, engine: AsyncEngine, spans: StatementSpans | None, *, timed_by_driver: bool
    ) -> None:
        self.dialect = engine.dialect
        self._engine = engine
        self._traced = spans.around if spans else nullcontext
        self._timed_by_driver = timed_by_driver

    async def rows(
        self, session: AsyncSession, query: _CompiledQuery, parameters: Mapping[str, object]
    ) -> list[Row] | None:
        """Return the rows, or None if the session has to execute the query.

        Raises:
            RepoError: the query failed, as it would have in the session.
        """
        pool = cast("TranslatingPool", self._engine.pool)
        if not query.can_be_sent or (entry := pool.take_idle()) is None:
            return None
        driver: WatchedConnection = cast("Any", entry.driver_connection)
        try:
            values = query.values(parameters)
            with self._traced(query.sql):
                records = await driver.fetch(query.sql, *values)
        except Exception as exc:
            error, lost = repo_error(
                exc,
                driver,
                disconnected=driver.is_closed(),
                timed_by_driver=self._timed_by_driver,
            )
            if lost:
                await session.run_sync(lambda _: pool.leave_server(entry))
            raise error from None
        except BaseException:
            # Cancelled: the server is told, and nobody else gets what it may still answer.
            await session.run_sync(lambda _: entry.invalidate())
            raise
        finally:
            pool.give_back(entry)
        return query.rows(records)


class _CompiledQuery:
    """A query as the driver takes it. What SQLAlchemy would convert is converted, by its own rules."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        self._compiled = statement.compile(dialect=dialect)
        self.sql = self._compiled.string
        # A list of any length would be written into the text, anew each time.
        self.can_be_sent = not self._compiled.post_compile_params
        self._order = self._compiled.positiontup or []
        self._before: dict[str, Convert] = {
            name: prepare
            for name, parameter in self._compiled.binds.items()
            if (prepare := parameter.type.dialect_impl(dialect).bind_processor(dialect))
        }
        self._after: dict[int, Convert] = {
            position: convert
            for position, column in enumerate(statement.selected_columns)
            if (convert := _result_processor(column.type, dialect))
        }

    def values(self, parameters: Mapping[str, object]) -> list[object]:
        """Return the parameters, and the constants of the query, in the order of its text."""
        values = self._compiled.construct_params(parameters)
        for name, convert in self._before.items():
            values[name] = convert(values[name])
        return [values[name] for name in self._order]

    def rows(self, records: Sequence[Record]) -> list[Row]:
        rows = [dict(record) for record in records]
        for position, convert in self._after.items():
            for row in rows:
                name = tuple(row)[position]
                row[name] = convert(row[name])
        return rows


def _result_processor(column_type: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    kind = column_type.dialect_impl(dialect)
    # Only what makes numbers asks what the server calls the type.
    return kind.result_processor(dialect, _FLOAT8 if isinstance(kind, Float) else _NUMERIC)
