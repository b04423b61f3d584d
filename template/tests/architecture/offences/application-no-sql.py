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
