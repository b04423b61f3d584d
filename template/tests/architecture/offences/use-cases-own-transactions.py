# offence: autocommit
# plant: src/infrastructure/persistence/orchard/counter.py
from sqlalchemy.ext.asyncio import AsyncSession

OPTIONS = {"isolation_level": "AUTOCOMMIT"}  # refused


async def count(session: AsyncSession) -> None:
    await session.connection(execution_options=OPTIONS)


# offence: begin
# plant: src/infrastructure/persistence/orchard/barn_repo.py
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession as Db


class PgBarnRepository:
    async def insert(self, db: Db, barn: object) -> None:
        async with db.begin():  # refused
            db.add(barn)

    async def remove(self, db: Db, barn: object) -> None:
        try:
            await db.delete(barn)
        except ValueError:
            await (
                db.rollback()  # refused
            )
            raise


# offence: by name
# plant: src/infrastructure/persistence/orchard/fence_repo.py
from sqlalchemy import text


class PgFenceRepository:
    async def insert(self, session: object, fence: object) -> None:
        await getattr(session, "commit")()  # refused

    async def remove(self, session: object, fence: object) -> None:
        await session.execute(text("COMMIT"))  # refused
        session.sync_session.rollback()  # refused


# offence: commit
# plant: src/infrastructure/persistence/orchard/cow_repo.py
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession


class PgCowRepository:
    async def insert(self, session: AsyncSession, cow: object) -> None:
        await session.execute(insert(cow))
        await session.commit()  # refused


# offence: in a route
# plant: src/presentation/routers/farm.py
from fastapi import APIRouter

router = APIRouter()


@router.post("/cows")
async def create_cow_endpoint(session_factory: object) -> None:
    async with session_factory() as session:
        await session.commit()  # refused


# offence: own factory
# plant: src/infrastructure/persistence/orchard/field_repo.py
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.asyncio import async_sessionmaker as maker


class PgFieldRepository:
    def __init__(self, sessions: maker[AsyncSession]) -> None:
        self._sessions = sessions

    async def insert(self, field: object) -> None:
        async with self._sessions() as s:  # refused
            s.add(field)
            finish = s.commit  # refused
            await finish()


# offence: own session
# plant: src/infrastructure/persistence/orchard/tractor_repo.py
import sqlalchemy.ext.asyncio as sa

from infrastructure.persistence.database import Database  # refused


class PgTractorRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def insert(self, tractor: object) -> None:
        async with sa.AsyncSession(self._database.engine) as s:  # refused
            s.add(tractor)


# offence: yield dependency
# plant: src/presentation/deps/farm.py
from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession

from infrastructure.persistence.database import Database


async def get_session(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.sessions.write() as session:  # refused
        yield session
        await session.commit()  # refused


async def get_unit(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.sessions.write.begin() as session:  # refused
        yield session


# offence: a session without its type
# plant: src/infrastructure/persistence/orchard/goat_repo.py
from typing import Any


class PgGoatRepository:
    async def run(self, session: Any) -> None:
        await session.commit()  # refused

    async def walk(self, session: object) -> None:
        async with session.begin():  # type: ignore[attr-defined]  # refused
            ...


# offence: a class of its own
# plant: src/infrastructure/persistence/orchard/unit.py
from sqlalchemy.ext.asyncio import AsyncSession


class UnitOfWork(AsyncSession):
    async def finish(self) -> None:
        await self.commit()  # refused
        await super().close()  # refused


# offence: what lies behind the session
# plant: src/infrastructure/persistence/orchard/hen_repo.py
from sqlalchemy.ext.asyncio import AsyncSession


class PgHenRepository:
    async def count(self, session: AsyncSession) -> int:
        async with session.bind.connect() as own:  # type: ignore[union-attr]  # refused
            await own.commit()  # refused
        connection = await session.connection()
        raw = await connection.get_raw_connection()  # refused
        transaction = session.get_transaction()
        if transaction:
            await transaction.rollback()  # refused
        await session.run_sync(lambda sync: sync.commit())  # refused
        return len(str(raw))


# offence: a block that closes it
# plant: src/infrastructure/persistence/orchard/duck_repo.py
import contextlib

from sqlalchemy.ext.asyncio import AsyncSession


class PgDuckRepository:
    async def insert(self, session: AsyncSession, duck: object) -> None:
        async with session:  # refused
            session.add(duck)

    async def remove(self, session: AsyncSession, duck: object) -> None:
        async with contextlib.aclosing(session) as s:  # refused
            await s.delete(duck)


# offence: a statement in a constant
# plant: src/infrastructure/persistence/orchard/pig_repo.py
from sqlalchemy import DDL, text
from sqlalchemy.ext.asyncio import AsyncSession

_END = "COM" + "MIT"
_START = text("start transaction isolation level serializable")  # refused


class PgPigRepository:
    async def insert(self, session: AsyncSession, pig: object) -> None:
        await session.execute(_START)
        session.add(pig)
        await session.execute(text(_END))  # refused
        await session.execute(DDL("ROLLBACK"))  # refused


# offence: handed to who asks nothing
# plant: src/infrastructure/persistence/orchard/cat_repo.py
from operator import methodcaller
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class Finishing(Protocol):
    async def commit(self) -> None: ...


async def _finish(work: Finishing) -> None:
    await work.commit()  # refused


async def _anyhow(work: Any) -> None:
    print(work)


class PgCatRepository:
    async def insert(self, session: AsyncSession, cat: object) -> None:
        session.add(cat)
        await _anyhow(session)  # refused
        await methodcaller("commit")(session)  # refused


# offence: a repository with a factory
# plant: src/infrastructure/persistence/orchard/bee_repo.py
from application.sessions import SessionFactory


class PgBeeRepository:
    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    async def insert(self, bee: object) -> None:
        async with self._sessions() as session, session.begin():  # refused
            session.add(bee)


# offence: in a middleware
# plant: src/presentation/units.py
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


class UnitMiddleware:
    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self.factory = factory

    async def run(self) -> None:
        work = self.factory()  # refused
        try:
            print("request")
        finally:
            await work.rollback()  # refused


# offence: the long way around
# plant: src/infrastructure/persistence/detours/repo.py
from collections.abc import Callable
from typing import Any

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

engine = create_async_engine("postgresql+asyncpg://")


class PgDetourRepository:
    async def a(self, session: AsyncSession) -> None:
        async with engine.begin() as conn:  # refused
            await conn.execute(text("SELECT 1"))

    async def b(self, session: AsyncSession, end: Callable[[], Any]) -> None:
        end()

    async def c(self, session: AsyncSession) -> None:
        await session.execute(text(f"{'COMMIT'}"))  # refused
        await session.execute(text("SELECT 1; COMMIT"))  # refused
        stmt = "COMMIT"
        await session.execute(text(stmt))  # refused

    async def d(self, **kwargs: Any) -> None:
        await kwargs["session"].commit()  # refused

    async def e(self, session: AsyncSession) -> None:
        Session.commit(session.sync_session)  # refused
        await session.reset()  # refused
        await session.invalidate()  # refused
        await session.close_all()  # refused

    async def f(self, session: AsyncSession) -> None:
        conn = await asyncpg.connect("dsn")  # refused
        await conn.execute("COMMIT")  # refused
        async with conn.transaction():  # refused
            pass
        await conn.close()  # refused

    async def g(self, session: AsyncSession) -> None:
        for name in ("commit",):
            await getattr(session, name)()  # refused
        finish = type(session).commit  # refused
        await finish(session)
        tx = await session.begin_nested()
        await tx.commit()  # refused


# offence: in a hurry
# plant: src/infrastructure/persistence/hurry/repo.py
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession


def unit_of_work(method: Any) -> Any:
    async def wrapped(self: Any, session: AsyncSession, *args: Any) -> Any:
        result = await method(self, session, *args)  # refused
        await session.commit()  # refused
        return result

    return wrapped


class BaseRepo:
    session: AsyncSession

    async def save(self, thing: object) -> None:
        self.session.add(thing)
        await self.session.commit()  # refused


class Pg:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def a(self) -> None:
        async with self._engine.begin() as c:  # refused
            await c.execute(text("x"))

    async def b(self) -> None:
        async with self._engine.connect() as c:  # refused
            await c.execute(text("x"))
            await c.commit()  # refused

    async def c(self, c: AsyncConnection) -> None:
        t = await c.begin()  # refused
        await t.rollback()  # refused

    async def d(self, session: AsyncSession) -> None:
        try:
            await session.flush()
        except Exception:
            await session.rollback()  # refused
            raise

    async def e(self, session: AsyncSession) -> None:
        async with session.begin_nested() as sp:
            await sp.rollback()  # refused

    async def f(self, session) -> None:  # type: ignore[no-untyped-def]
        await session.commit()  # refused

    async def g(self, session: AsyncSession) -> None:
        c = await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})  # refused
        await c.execution_options(isolation_level="AUTOCOMMIT")  # refused

    async def h(self, session: AsyncSession) -> None:
        event.listen(session.sync_session, "after_flush", lambda s, c: s.commit())  # refused

    async def i(self, session: AsyncSession) -> None:
        async with AsyncSession(session.bind) as other, other.begin():  # refused
            other.add(1)


# innocent: version control
# plant: src/domain/releases/branch.py
from dataclasses import dataclass, field


@dataclass(slots=True)
class GitRepository:
    name: str


@dataclass(slots=True)
class Branch:
    """A branch has commits and can be rolled back; none of it is a transaction."""

    repository: GitRepository
    commits: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, name: str) -> "Branch":
        return cls(GitRepository(name))

    def commit(self, message: str) -> None:
        self.commits.append(message)

    def rollback(self) -> None:
        self.commits.pop()
# plant: src/infrastructure/git_server.py
from typing import Protocol


class Checkout(Protocol):
    def commit(self, message: str) -> None: ...

    def rollback(self) -> None: ...


def publish(checkout: Checkout) -> None:
    checkout.commit("publish")


# innocent: what begins and commits without a database
# plant: src/schemas/bookings.py
from datetime import date

from schemas.base import CamelModel


class BookingRequest(CamelModel):
    begin: date
    commit: bool
# plant: src/domain/bookings/period.py
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    begin: date
    end: date

    def days(self) -> int:
        return (self.end - self.begin).days
# plant: src/application/bookings/dto.py
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class BookInput:
    begin: date
    commit: bool
# plant: src/application/bookings/use_cases.py
from application.bookings.dto import BookInput
from domain.bookings.period import Period


async def book(data: BookInput) -> int:
    period = Period(begin=data.begin, end=data.begin)
    return period.begin.day if data.commit else period.days()
# plant: src/presentation/routers/bookings.py
from fastapi import APIRouter, status

from application.bookings.dto import BookInput
from application.bookings.use_cases import book
from schemas.bookings import BookingRequest

router = APIRouter()


@router.post("/bookings", status_code=status.HTTP_204_NO_CONTENT)
async def book_endpoint(payload: BookingRequest) -> None:
    await book(BookInput(begin=payload.begin, commit=payload.commit))
# plant: src/infrastructure/broker.py
import asyncio
from contextlib import aclosing


class Consumer:
    """Tells the broker how far it has read."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()

    async def commit(self, offset: int) -> None:
        await self._queue.put(str(offset).encode())

    async def close(self) -> None: ...

    async def aclose(self) -> None:
        await self.close()


async def consume(consumer: Consumer) -> None:
    async with aclosing(consumer):
        await consumer.commit(1)
