"""Queries that are compiled once, and sent directly by the driver if possible.

In a read-only session, a query takes an idle connection from the pool and passes its SQL to asyncpg,
because the path through SQLAlchemy's session, connection and greenlet takes several times as long as
the driver itself. Inside a transaction, and if a connection has to be opened, checked or waited for, the
session executes the query like any other statement.
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
    """A `select` with parameters, defined once as a constant of a module. Rows are dicts by column."""

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
    """The direct path to the driver, for the sessions that have it in their `info`.

    It bypasses SQLAlchemy's events, so it translates errors and traces statements itself.
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
        if not query.can_be_sent:
            return None
        values = query.values(parameters)
        pool = cast("TranslatingPool", self._engine.pool)
        entry = pool.take_idle()
        if entry is None:
            return None
        driver: WatchedConnection = cast("Any", entry.driver_connection)
        try:
            with self._traced(query.sql):
                records = await driver.fetch(query.sql, *values)
        except Exception as exc:
            closed = driver.is_closed()
            error, leave_server = repo_error(
                exc, driver, disconnected=closed, timed_by_driver=self._timed_by_driver
            )
            if leave_server or closed:
                await session.run_sync(lambda _: pool.leave_server(entry))
            elif isinstance(exc, TimeoutError):  # the statement may still be running on it
                await session.run_sync(lambda _: entry.invalidate())
            raise error from None
        except BaseException:
            # Cancelled: the driver cancels the statement, and the connection is not used again.
            await session.run_sync(lambda _: entry.invalidate())
            raise
        finally:
            pool.give_back(entry)
        return query.rows(records)


class _CompiledQuery:
    """The SQL of a query, and the conversions of its values, which are those of SQLAlchemy."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        self._compiled = compiled = statement.compile(dialect=dialect)
        self.sql = compiled.string
        # The text of a query with an expanding parameter depends on the length of the list.
        self.can_be_sent = not compiled.post_compile_params
        self._to_driver = [
            (name, _to_driver(compiled.binds[name].type, dialect))
            for name in compiled.positiontup or ()
        ]
        self._from_driver = [
            _from_driver(column.type, dialect) for column in statement.selected_columns
        ]
        self._is_plain = not any(self._from_driver)

    def values(self, parameters: Mapping[str, object]) -> list[object]:
        """Return the parameters and the constants of the query, in the order of its placeholders."""
        values = self._compiled.construct_params(parameters)
        return [
            convert(values[name]) if convert else values[name] for name, convert in self._to_driver
        ]

    def rows(self, records: Sequence[Record]) -> list[Row]:
        if self._is_plain:
            return [dict(record) for record in records]
        return [
            {
                name: convert(value) if convert else value
                for (name, value), convert in zip(record.items(), self._from_driver, strict=True)
            }
            for record in records
        ]


def _to_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    implementation = kind.dialect_impl(dialect)
    # Only the processors of numeric types depend on the OID.
    oid = _FLOAT8 if isinstance(implementation, Float) else _NUMERIC
    return implementation.result_processor(dialect, oid)
