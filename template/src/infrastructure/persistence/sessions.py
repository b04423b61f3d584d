"""The SQLAlchemy sessions of the kinds in `application.sessions`.

The type checker refuses most misuse of a session. These classes refuse it at run time, too, in tests
as in production.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, cast

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

from application.sessions import Sessions
from infrastructure.persistence.queries import Shortcut

if TYPE_CHECKING:
    from sqlalchemy import Result
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
    from sqlalchemy.orm import ORMExecuteState

    from application.sessions import AutocommitSessions, ReadSessions, SessionFactory


def sessions_on(
    *,
    write: AsyncEngine | AsyncConnection,
    standalone: AsyncEngine | AsyncConnection,
    shortcut: Shortcut | None = None,
) -> Sessions:
    """Return a session factory of each kind.

    Args:
        write: the engine for transactions.
        standalone: an engine that commits each statement by itself.
        shortcut: the direct path for queries on the engine, if there is one.

    Instead of the engines, a test may pass a connection with an open transaction and no `shortcut`. All
    sessions stay inside that transaction, so that the test can roll back their commits.
    """
    write_factory = async_sessionmaker(
        write, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    read_factory = async_sessionmaker(
        standalone,
        class_=_AsyncReadOnlySession,
        expire_on_commit=False,
        join_transaction_mode="rollback_only",
        info={Shortcut: shortcut},
    )
    autocommit_factory = async_sessionmaker(
        standalone,
        class_=_AsyncStandaloneSession,
        expire_on_commit=False,
        join_transaction_mode="rollback_only",
    )
    return Sessions(
        write=cast("SessionFactory", write_factory),
        read=cast("ReadSessions", read_factory),
        autocommit=cast("AutocommitSessions", autocommit_factory),
    )


class _StandaloneSession(Session):
    """Executes each statement on tables on a connection of its own, which it releases at once.

    Such a statement does not need the unit of work, which would cost as much as the statement itself.
    ORM operations, such as `get`, work as in any SQLAlchemy session.
    """


class _ReadOnlySession(_StandaloneSession):
    """Refuses statements that change rows."""


class _AsyncStandaloneSession(AsyncSession):
    sync_session_class = _StandaloneSession

    def begin(self) -> NoReturn:
        """Refuse, because each statement commits by itself even if a transaction is open."""
        raise TypeError("this session has no transactions; begin one on a `session_factory`")

    async def stream(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: PostgreSQL keeps a cursor open only inside a transaction."""
        raise TypeError("a stream needs a transaction; begin one on a `session_factory`")

    async def __aexit__(self, *exc_info: Any) -> None:
        if self.in_transaction():  # otherwise there is nothing to close
            await super().__aexit__(*exc_info)


class _AsyncReadOnlySession(_AsyncStandaloneSession):
    sync_session_class = _ReadOnlySession


@event.listens_for(_ReadOnlySession, "do_orm_execute")
def _refuse_changes(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise TypeError("this session is read-only; change rows in one of a `session_factory`")


@event.listens_for(_StandaloneSession, "do_orm_execute", propagate=True)
def _execute_at_once(state: ORMExecuteState) -> Result[Any] | None:
    engine = state.session.get_bind()
    if state.is_orm_statement or not isinstance(engine, Engine):
        return None
    with engine.connect() as connection:
        return connection.execute(
            state.statement, state.parameters, execution_options=state.local_execution_options
        )
