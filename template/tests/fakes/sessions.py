"""Sessions without a database, for use cases with fake repositories."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self, cast

from application.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from application.sessions import AutocommitSessions, ReadSessions, SessionFactory


class FakeSessions:
    """Sessions of each kind, which refuse the same operations as the real ones.

    They record how their transactions ended. If `commit_error` is set, every commit raises it.
    """

    def __init__(self, *, commit_error: Exception | None = None) -> None:
        self.commits = 0
        self.rollbacks = 0
        self.commit_error = commit_error

    @property
    def kinds(self) -> Sessions:
        return Sessions(write=self.write, read=self.read, autocommit=self.autocommit)

    @property
    def write(self) -> SessionFactory:
        return cast("SessionFactory", lambda: FakeWriteSession(self))

    @property
    def read(self) -> ReadSessions:
        return cast("ReadSessions", FakeReadSession)

    @property
    def autocommit(self) -> AutocommitSessions:
        return cast("AutocommitSessions", FakeAutocommitSession)


class FakeSession:
    """`may_change` tells a fake repository whether a change would be committed."""

    may_change = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        return

    def begin(self) -> object:
        raise TypeError("this session has no transactions; begin one on a `session_factory`")


class FakeReadSession(FakeSession):
    """A read-only session."""


class FakeAutocommitSession(FakeSession):
    may_change = True


class FakeWriteSession(FakeSession):
    def __init__(self, sessions: FakeSessions) -> None:
        self._sessions = sessions

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[None]:
        self._sessions.rollbacks += 1  # corrected below if the transaction was committed
        self.may_change = True
        yield
        self.may_change = False
        if self._sessions.commit_error:
            raise self._sessions.commit_error
        self._sessions.rollbacks -= 1
        self._sessions.commits += 1


def refuse_lost_change(session: object) -> None:
    """Raise if a change would be refused, or lost because there is no transaction.

    Does nothing for the sessions of a real database.

    Raises:
        TypeError: the session is read-only, or has no transaction.
    """
    if isinstance(session, FakeSession) and not session.may_change:
        raise TypeError("a change needs a transaction; begin one on a `session_factory`")
