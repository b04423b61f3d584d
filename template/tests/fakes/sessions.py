"""Sessions without a database, for use cases whose repositories are fakes."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self, cast

from application.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from application.sessions import AutocommitSessions, ReadSessions, SessionFactory


class FakeSessions:
    """Sessions of each kind, which refuse what the real ones refuse.

    They remember how their transactions ended. `commit_error`, if any, is how every commit ends.
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
    """`may_change` tells a fake repository whether a change would be kept."""

    may_change = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        return

    def begin(self) -> object:
        raise TypeError("this session has no transactions; begin one on a `session_factory`")


class FakeReadSession(FakeSession):
    """Only reads."""


class FakeAutocommitSession(FakeSession):
    may_change = True


class FakeWriteSession(FakeSession):
    def __init__(self, sessions: FakeSessions) -> None:
        self._sessions = sessions

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[None]:
        self._sessions.rollbacks += 1  # until it is clear that it was a commit
        self.may_change = True
        yield
        self.may_change = False
        if self._sessions.commit_error:
            raise self._sessions.commit_error
        self._sessions.rollbacks -= 1
        self._sessions.commits += 1


def refuse_lost_change(session: object) -> None:
    """Raise where a change would be refused, or lost for want of a transaction.

    Sessions of a database are left to themselves.

    Raises:
        TypeError: the session only reads, or has not begun.
    """
    if isinstance(session, FakeSession) and not session.may_change:
        raise TypeError("a change needs a transaction; begin one on a `session_factory`")
