"""The kinds of database sessions that use cases work in.

Sessions of all kinds are an `AsyncSession` at run time. The types exist for the type checker, which
refuses a factory of the wrong kind, or a write in a read-only session.

- `SessionFactory` is for changes. The use case begins a transaction and owns it:
  `async with session_factory() as session, session.begin()`.
- `ReadSessions` is for use cases that only read. Each statement runs on its own, so a stream, which
  needs a transaction, takes a `SessionFactory`.
- `AutocommitSessions` is for changes that consist of a single statement. The statement commits by
  itself, so that its locks are released as soon as it is done.
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
    """One session factory of each kind."""

    write: SessionFactory
    read: ReadSessions
    autocommit: AutocommitSessions
