"""The kinds of sessions that use cases work in.

A session of each kind is an `AsyncSession`; the types exist so that one cannot be taken for another:
a factory of the wrong kind, or a write in a session that only reads, is refused by the type checker.

- `SessionFactory` is for changes. The use case begins a transaction, and owns it:
  `async with session_factory() as session, session.begin()`.
- `ReadSessions` is for use cases that only read. Each statement stands alone.
- `AutocommitSessions` is for a change that is a single statement, which commits by itself and so holds
  its locks no longer than it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType, TypeAlias

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

    WriteSession = NewType("WriteSession", AsyncSession)
    ReadSession = NewType("ReadSession", AsyncSession)
    AutocommitSession = NewType("AutocommitSession", AsyncSession)

    SessionFactory: TypeAlias = async_sessionmaker[WriteSession]
    ReadSessions: TypeAlias = async_sessionmaker[ReadSession]
    AutocommitSessions: TypeAlias = async_sessionmaker[AutocommitSession]


@dataclass(frozen=True, slots=True)
class Sessions:
    """A factory of each kind."""

    write: SessionFactory
    read: ReadSessions
    autocommit: AutocommitSessions
