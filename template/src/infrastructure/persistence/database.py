"""The engine and the kinds of sessions that use cases work in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, cast

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from infrastructure.persistence.errors import TranslatingPool, translate_errors
from infrastructure.persistence.head import HEAD
from infrastructure.persistence.timeline import require_migration

if TYPE_CHECKING:
    from sqlalchemy import AdaptedConnection, Engine, Result
    from sqlalchemy.orm import ORMExecuteState

    from infrastructure.config import DatabaseSettings
    from infrastructure.telemetry import Telemetry


class AutocommitSession(Session):
    """Takes a connection for each statement on tables, and gives it back at once.

    Such a statement has no use for the unit of work, whose opening and closing cost as much as the
    statement itself. All else, such as `get`, finds the session as SQLAlchemy makes it.
    """


@event.listens_for(AutocommitSession, "do_orm_execute")
def _execute_at_once(state: ORMExecuteState) -> Result[Any] | None:
    if state.is_orm_statement:
        return None
    engine = cast("Engine", state.session.get_bind())
    with engine.connect() as connection:
        return connection.execute(
            state.statement, state.parameters, execution_options=state.local_execution_options
        )


class AsyncAutocommitSession(AsyncSession):
    sync_session_class = AutocommitSession

    def begin(self) -> NoReturn:
        """Refuse, because each statement commits by itself, whatever is begun around it."""
        raise TypeError("for a transaction take a session of `session_factory`")

    async def __aexit__(self, *exc_info: Any) -> None:
        if self.in_transaction():  # otherwise nothing was opened
            await super().__aexit__(*exc_info)


class Database:
    """One pool of connections, opened when first needed.

    `sessions` are for use cases that write: they begin a transaction. `read_sessions` are for
    those that only read: each statement commits by itself, which saves two round trips. That is
    how connections are opened, and only a writing session changes it, because reads are many.
    `autocommit_sessions` do the same for writes that stand alone, whose locks are short then; they
    have a name of their own so that `read_sessions` may go to a replica one day.
    """

    def __init__(self, settings: DatabaseSettings, telemetry: Telemetry | None = None) -> None:
        autocommit = create_async_engine(
            settings.database_url.get_secret_value(),
            poolclass=TranslatingPool,
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=settings.database_pool_timeout,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args=_connect_args(settings),
        )
        if telemetry:
            # First: once an error is translated, no other listener hears of it.
            telemetry.observe(autocommit.sync_engine)
        translate_errors(
            autocommit.sync_engine, timed_by_driver=settings.database_transaction_pooler
        )
        event.listen(autocommit.sync_engine, "checkout", _replace_if_closed)
        self.engine = autocommit.execution_options(isolation_level="READ COMMITTED")
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.read_sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(
            autocommit, class_=AsyncAutocommitSession, expire_on_commit=False
        )
        self.autocommit_sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(
            autocommit, class_=AsyncAutocommitSession, expire_on_commit=False
        )

    async def ping(self) -> None:
        async with self.read_sessions() as session:
            await require_migration(session, HEAD)

    async def close(self) -> None:
        await self.engine.dispose()


def _replace_if_closed(connection: AdaptedConnection, *_: object) -> None:
    """Have the pool open another connection where the server has closed this one.

    The driver has seen it closed by then. `pool_pre_ping` would ask the server every time.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _connect_args(settings: DatabaseSettings) -> dict[str, Any]:
    limit = settings.database_statement_timeout
    if settings.database_transaction_pooler:
        # The next transaction may run on another connection to the server, so nothing is left on
        # one: no prepared statement, whose name another client may have taken, and no setting. The
        # driver keeps the time, and has the server told when it is over.
        return {
            "timeout": settings.database_connect_timeout,
            "command_timeout": limit,
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
        }
    return {
        "timeout": settings.database_connect_timeout,
        # For a server that is gone and cannot end the statement itself.
        "command_timeout": limit + 1,
        "server_settings": {"statement_timeout": f"{limit * 1000:.0f}"},
    }
