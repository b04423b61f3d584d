# offence: imported where it is used
# plant: src/application/sheets/hidden.py
async def count_sheets() -> object:
    import sqlalchemy as sa

    return sa.select(1)  # refused


# offence: another name
# plant: src/application/billing/find.py
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def find(factory: async_sessionmaker[AsyncSession], number: object) -> object:
    async with factory() as db:
        return await db.get(object, number)  # refused


async def store(tx: AsyncSession, invoice: object) -> None:
    tx.add(invoice)  # refused
    await tx.flush()  # refused


# offence: connection
# plant: src/application/billing/lock.py
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def lock(session_factory: async_sessionmaker[AsyncSession]) -> None:
    async with session_factory() as s, s.begin():
        conn = await s.connection()  # refused
        await conn.exec_driver_sql("LOCK TABLE invoices")  # refused
        other = s
        await other.run_sync(print)  # refused


# offence: execute text
# plant: src/application/billing/count.py
from sqlalchemy import text


async def count_invoices(session_factory) -> int:
    async with session_factory() as session:
        result = await session.execute(text("select count(*) from invoices"))  # refused
        return result.scalar_one()


# offence: factory without a type
# plant: src/application/billing/refund.py
async def refund(open_session, invoice) -> None:
    async with open_session() as db:
        await db.merge(invoice)  # refused


class RefundAll:
    def __init__(self, session) -> None:
        self._session = session

    async def __call__(self, invoice_store) -> None:
        db = self._session
        await db.delete(self)  # refused
        await getattr(invoice_store, "execute")("DELETE")  # refused
        await invoice_store.unit.execute("delete from invoices")  # refused


# offence: held by a class
# plant: src/application/billing/pay.py
class PayInvoice:
    def __init__(self, session) -> None:
        self._session = session

    async def __call__(self, invoice) -> None:
        self._session.add(invoice)  # refused
        run = self._session.execute  # refused
        await run("UPDATE invoices SET paid = true")  # refused


# offence: helper
# plant: src/application/billing/overdue.py
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select as pick

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from application.billing.ports import Invoices


def _overdue(invoice: Any) -> Any:
    return pick(  # refused
        func.count()
    ).where(invoice.overdue)


async def count_overdue(s: AsyncSession, invoices: Invoices) -> int:
    return (
        await s.scalar(_overdue(invoices))  # refused
    ) or 0


# offence: module alias
# plant: src/application/billing/remove.py
import sqlalchemy as sa


async def remove(session, table) -> None:
    statement = sa.delete(table)  # refused
    await session.scalars(statement)  # refused


async def empty(unit, table) -> None:
    from sqlalchemy import delete

    async with unit:
        await unit.run(delete(table))  # refused


# offence: sql in a constant
# plant: src/application/billing/sql.py
OVERDUE = """  # refused
    SELECT id
    FROM invoices
    WHERE due < now()
"""
INSERT = (
    "INSERT INTO invoices (id) "  # refused
    "VALUES (:id)"
)


# offence: made, and not entered
# plant: src/application/archive/remove.py
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def remove(sessions: async_sessionmaker[AsyncSession], thing: object) -> None:
    db = sessions()
    await db.delete(thing)  # refused


# offence: a field with its type
# plant: src/application/archive/archive.py
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass
class Archive:
    work: AsyncSession

    async def keep(self, thing: object) -> None:
        self.work.add(thing)  # refused


async def keep_all(archive: Archive, things: list[object]) -> None:
    archive.work.add_all(things)  # refused


# offence: the end of a transaction
# plant: src/application/archive/dry_run.py
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.sessions import SessionFactory


async def dry_run(session_factory: SessionFactory) -> None:
    async with session_factory() as session, session.begin() as transaction:
        await transaction.rollback()  # refused
    async with session_factory() as session:
        await session.begin()
        async with session.begin_nested():  # refused
            await session.flush()  # refused
        await session.commit()  # refused
        await session.close()  # refused


# offence: a Protocol that a session fits
# plant: src/application/archive/work.py
from typing import Protocol


class Work(Protocol):
    async def flush(self, objects: None = None) -> None: ...

    async def commit(self) -> None: ...


async def finish(work: Work) -> None:
    await work.flush()  # refused
    await work.commit()  # refused


# offence: handed on without its type
# plant: src/application/archive/hide.py
from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def keep(store: Any, thing: object) -> None:
    print(store, thing)


def open_up(session: AsyncSession) -> Any:
    keep(session, "letter")  # refused
    anything: Any = session  # refused
    keep(cast(Any, session), "letter")  # refused
    context: dict[str, object] = {"db": session}  # refused
    print(anything, context)
    return session  # refused


# offence: by its name
# plant: src/application/archive/named.py
from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

save = operator.methodcaller("commit")  # refused
_VERB = "exe" + "cute"


async def run(session: AsyncSession, name: str, anything: Any) -> None:
    await getattr(session, name)()  # refused
    await getattr(anything, _VERB)("nothing")  # refused
    match anything:
        case object(rollback=back):  # refused
            await back()


# offence: the class instead of the object
# plant: src/application/archive/unbound.py
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def read(session: AsyncSession, kind: type[AsyncSession], key: Any) -> Any:
    return await kind.get(session, object, key)  # refused


# offence: in and out of containers
# plant: src/application/archive/pairs.py
from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

S = TypeVar("S", bound="AsyncSession")


async def stream(pairs: list[tuple[str, AsyncSession]], generic: S | None) -> None:
    for _, one in pairs:
        await one.refresh(pairs)  # refused
    {"first": pairs[0][1]}["first"].expunge_all()  # refused
    if generic:
        (lambda s: s.expire_all())(generic)  # refused


# offence: the long way around
# plant: src/application/detours/one.py
from __future__ import annotations

import asyncio
import functools
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from application.sessions import SessionFactory


async def a(session_factory: SessionFactory, thing: object) -> None:
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(session_factory())
        await db.delete(thing)  # refused
    run = functools.partial(AsyncSession.execute, db)  # refused
    await run()


async def b(sessions: SessionFactory) -> None:
    session = sessions()
    do = session.commit  # refused
    await do()
    await asyncio.gather(session.flush(), session.commit())  # refused
    fns = [session.add, session.delete]  # refused
    fns[0](sessions)  # refused


def c(**kw: Any) -> None:
    kw["session"].add("x")  # refused


async def d(args: tuple[Any, ...]) -> None:
    session, thing = args
    await session.delete(thing)  # refused


class Holder:
    session: Any

    async def go(self) -> None:
        await self.session.commit()  # refused
        for op in ("commit", "rollback"):
            await getattr(self.session, op)()  # refused


async def e(session: AsyncSession) -> None:
    if (s := session).is_active:  # refused
        s.add(1)  # refused
    vars(session)["sync_session"].commit()  # refused
    await session.__getattribute__("commit")()  # refused
    del session.info["x"]  # refused


async def f(session: "Any") -> None:
    async with session.begin():  # refused
        await session.get(object, 1)  # refused


# offence: a port that takes statements
# plant: src/application/archive/statements.py
from typing import Protocol


class Statements(Protocol):
    async def execute(self, statement: str) -> None: ...


async def clear(statements: Statements) -> None:
    await statements.execute("delete from letters")  # refused


# offence: in a hurry
# plant: src/application/hurry/use_cases.py
from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

    from application.sessions import SessionFactory, WriteSession

S = TypeVar("S")


class Uow:
    session: WriteSession

    def __init__(self, factory: SessionFactory) -> None:
        self.factory = factory

    async def __aenter__(self) -> Self:
        self.session = self.factory()
        await self.session.begin()
        return self

    async def __aexit__(self, *a: object) -> None:
        await self.session.commit()  # refused
        await self.session.close()  # refused


class Repo(Generic[S]):
    def __init__(self, session: S) -> None:
        self.session = session


async def a(factory: SessionFactory) -> None:
    async with factory() as s:
        repo = Repo(s)
        await repo.session.execute("x")  # refused


@contextlib.asynccontextmanager
async def tx(factory: SessionFactory) -> AsyncIterator[WriteSession]:
    async with factory() as s, s.begin():
        yield s


async def b(factory: SessionFactory) -> None:
    async with tx(factory) as s:
        s.add("x")  # refused


async def c(get: Callable[[], Any]) -> None:
    async with get() as s:
        await s.execute("x")  # refused
        rows = (await s.execute("x")).scalars().all()  # refused


async def d(factory: async_sessionmaker[AsyncSession]) -> None:
    async with factory.begin() as s:
        s.expunge_all()  # refused
        s.sync_session.add("x")  # refused
    factory.configure(expire_on_commit=True)  # refused
    factory.kw["bind"].dispose()  # refused


async def e(session: AsyncSession) -> bool:
    return session.in_transaction()  # refused


async def f(session: AsyncSession) -> None:
    async for row in await session.stream("x"):  # refused
        print(row)


def g(session):  # type: ignore[no-untyped-def]
    session.query("x").filter_by(id=1).delete()  # refused


async def h(db: object) -> None:
    await db.fetchrow("select 1")  # type: ignore[attr-defined]  # refused


# innocent: sessions of the business
# plant: src/application/training/use_cases.py
"""A session here is an hour in the gym."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from application.errors import AppValidationError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import (
        AsyncSession,
        async_sessionmaker,
    )

    from application.clock import Clock
    from domain.training.session import TrainingSession

PLANS = {"short": 30, "long": 90}


class TrainingRepository(Protocol):
    async def find(self, session: AsyncSession, name: str) -> TrainingSession: ...


class Command(Protocol):
    async def execute(self, minutes: int) -> None: ...


async def join_training(
    session_factory: async_sessionmaker[AsyncSession],
    trainings: TrainingRepository,
    command: Command,
    clock: Clock,
    name: str,
) -> int:
    """Select a plan from the list, and delete from it what is too long."""
    session_length = PLANS.get(name, 60)
    members = set[str]()
    members.add(name)
    async with session_factory() as session, session.begin():
        training_session = await trainings.find(session, name)
        training_session.add(name)
        training_session.get(name)
        training_session.start(clock.now())
    if session_length > 60:
        raise AppValidationError("select a shorter plan from the list")
    await command.execute(session_length)
    return session_length
# plant: src/domain/training/session.py
from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, time


@dataclass(slots=True)
class TrainingSession:
    members: list[str] = field(default_factory=list)
    started_at: datetime | None = None

    def add(self, name: str) -> None:
        self.members.append(name)

    def get(self, name: str) -> int:
        return self.members.index(name)

    def start(self, now: datetime) -> None:
        self.started_at = now

    def time_of_day(self) -> time | None:
        return self.started_at.time() if self.started_at else None


# innocent: collections, tasks and commands that are no sessions
# plant: src/application/bakery/use_cases.py
from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from application.clock import Clock
    from application.sessions import ReadSession, ReadSessions, SessionFactory, WriteSession


class Taster(Protocol):
    async def taste(self, session: ReadSession) -> int: ...


class Oven(Protocol):
    async def begin(self, minutes: int) -> None: ...

    async def flush(self) -> None: ...

    async def get(self, name: str) -> int: ...


class Pantry(Protocol):
    async def add(self, session: WriteSession, name: str) -> None: ...

    async def delete(self, session: WriteSession, name: str) -> None: ...


@dataclass
class Saga:
    """Steps, each with what undoes it."""

    undo: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def add(self, step: Callable[[], Awaitable[None]]) -> None:
        self.undo.append(step)

    async def rollback(self) -> None:
        for step in reversed(self.undo):
            await step()


async def cook(
    data: dict[str, Any],
    *,
    session_factory: SessionFactory,
    pantry: Pantry,
    oven: Oven,
    clock: Clock,
) -> int:
    seen: set[str] = set()
    seen.add(str(data.get("name")))
    saga = Saga()
    async with session_factory() as session, session.begin():
        await pantry.add(session, "bread")
    saga.add(oven.flush)
    try:
        await oven.begin(clock.now().minute)
    except RuntimeError:
        await saga.rollback()
        raise
    async with session_factory.begin() as session:
        await pantry.delete(session, "dough")
    return await oven.get("bread")


async def taste(*, read_sessions: ReadSessions, tasters: list[Taster]) -> list[int]:
    async def one(taster: Taster) -> int:
        async with read_sessions() as session:
            return await taster.taste(session)

    return list(await asyncio.gather(*map(one, tasters)))


# innocent: an outbox within the transaction
# plant: src/application/letters/outbox.py
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from application.clock import Clock
    from application.sessions import SessionFactory, WriteSession


@dataclass(frozen=True, slots=True)
class LetterSent:
    street: str
    at: datetime


class Outbox(Protocol):
    async def append(self, session: WriteSession, name: str, body: dict[str, object]) -> None: ...


class Publisher(Protocol):
    async def commit(self, offset: int) -> None: ...


async def send(
    street: str, *, session_factory: SessionFactory, outbox: Outbox, clock: Clock
) -> None:
    event = LetterSent(street, clock.now())
    async with session_factory() as session, session.begin():
        await outbox.append(session, "letter-sent", asdict(event))


async def published(offset: int, *, publisher: Publisher) -> None:
    await publisher.commit(offset)
