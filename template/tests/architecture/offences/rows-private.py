# offence: another context
# plant: src/infrastructure/persistence/garage/tables.py
from sqlalchemy.orm import Mapped, mapped_column

import infrastructure.persistence.base as db


class CarRow(db.Base):
    __tablename__ = "cars"

    id: Mapped[int] = mapped_column(primary_key=True)
# plant: src/infrastructure/persistence/rental/rental_repo.py
from sqlalchemy import select

from infrastructure.persistence.garage import tables as t  # refused

CARS = select(t.CarRow.id)  # refused


# offence: handed on by the package
# plant: src/infrastructure/persistence/harbour/models.py
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class ShipModel(Base):
    __tablename__ = "ships"

    id: Mapped[int] = mapped_column(primary_key=True)
# plant: src/infrastructure/persistence/harbour/names.py
from infrastructure.persistence.harbour.models import ShipModel

NAME = ShipModel.__tablename__
# plant: src/infrastructure/harbour.py
def ship() -> object:
    from infrastructure.persistence.harbour.models import ShipModel as Ship  # refused

    return Ship  # refused


# offence: response model
# plant: src/infrastructure/persistence/depot/models.py
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class PalletModel(Base):
    __tablename__ = "pallets"

    id: Mapped[int] = mapped_column(primary_key=True)
# plant: src/presentation/routers/depot.py
from fastapi import APIRouter

from infrastructure.persistence.depot.models import PalletModel  # refused

router = APIRouter()


@router.get("/pallets", response_model=list[PalletModel])
async def pallets_endpoint() -> object: ...


# offence: returned
# plant: src/infrastructure/persistence/museum/models.py
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class PaintingModel(Base):
    __tablename__ = "paintings"

    id: Mapped[int] = mapped_column(primary_key=True)
# plant: src/infrastructure/persistence/museum/painting_repo.py
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infrastructure.persistence.museum.models import PaintingModel as Row


class PgPaintingRepository:
    async def find(self, session: AsyncSession, number: object) -> Row | None:  # refused
        return await session.scalar(select(Row))

    async def list(  # refused
        self,
        session: AsyncSession,
    ) -> tuple[Sequence[Row], int]:
        rows = (await session.scalars(select(Row))).all()
        return rows, len(rows)  # refused


# offence: returned without saying so
# plant: src/infrastructure/persistence/library/models.py
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class BookModel(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
# plant: src/infrastructure/persistence/library/book_repo.py
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from infrastructure.persistence.library.models import BookModel


class PgBookRepository:
    async def find_by_id(self, s: Any, book_id: Any) -> Any:  # refused
        return await s.get(BookModel, book_id.value)

    async def list(self, s: Any) -> Sequence[Any]:  # refused
        return (await s.scalars(select(BookModel).limit(10))).all()


# offence: row beside the repository
# plant: src/infrastructure/persistence/zoo/lion_repo.py
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class Lion(Base):
    __tablename__ = "lions"

    id: Mapped[int] = mapped_column(primary_key=True)


class PgLionRepository:
    async def find(self, session: object, name: str) -> "Lion | None": ...  # refused

    async def first(self, session: object) -> Lion: ...  # refused


# offence: as a dictionary
# plant: src/infrastructure/persistence/theatre/play_repo.py
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


class PgPlayRepository:
    async def list(self, session: AsyncSession) -> list[dict]:  # type: ignore[type-arg]  # refused
        rows = await session.execute(text("SELECT * FROM plays"))
        return [dict(r._mapping) for r in rows]

    async def first(self, session: AsyncSession) -> dict[str, Any] | None:  # refused
        result = await session.execute(text("SELECT * FROM plays LIMIT 1"))
        found = result.mappings().first()
        return dict(found) if found else None

    async def titles(self, session: AsyncSession) -> dict[str, int]:
        return {row[0]: row[1] for row in await session.execute(text("SELECT title, id FROM plays"))}


# offence: mappings and results
# plant: src/infrastructure/persistence/theatre/seat_repo.py
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Result, Row, RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession


class PgSeatRepository:
    async def all(self, session: AsyncSession) -> Sequence[RowMapping]:  # refused
        return (await session.execute(text("SELECT * FROM seats"))).mappings().all()  # refused

    async def run(self, session: AsyncSession) -> Result[Any]:  # refused
        return await session.execute(text("SELECT * FROM seats"))  # refused

    async def each(self, session: AsyncSession) -> AsyncIterator[Row[Any]]:  # refused
        for row in await session.execute(text("SELECT * FROM seats")):
            yield row  # refused


# offence: within something else
# plant: src/infrastructure/persistence/theatre/models.py
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class StageModel(Base):
    __tablename__ = "stages"

    name: Mapped[str] = mapped_column(primary_key=True)
# plant: src/infrastructure/persistence/theatre/stage_repo.py
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infrastructure.persistence.theatre.models import StageModel


@dataclass
class Found:
    row: StageModel
    total: int


class PgStageRepository:
    async def find(self, session: AsyncSession) -> Found | None:  # refused
        row = (await session.scalars(select(StageModel))).first()
        return Found(row, 1) if row else None

    async def visit(self, session: AsyncSession, seen: list[StageModel]) -> None:
        for row in await session.scalars(select(StageModel)):
            seen.append(row)  # refused

    async def tell(self, session: AsyncSession, tell: Callable[[StageModel], None]) -> None:
        for row in await session.scalars(select(StageModel)):
            tell(row)  # refused

    async def remember(self, session: AsyncSession) -> None:
        self.last = (await session.scalars(select(StageModel))).first()  # refused


# offence: without saying what
# plant: src/infrastructure/persistence/theatre/actor_repo.py
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


class PgActorRepository:
    async def find(self, session: AsyncSession) -> object:  # refused
        return (await session.execute(text("SELECT * FROM actors"))).one()  # refused

    async def pair(self, session: AsyncSession) -> tuple[Any, ...]:  # refused
        return tuple((await session.execute(text("SELECT * FROM actors"))).one())


async def everybody(session: AsyncSession) -> list[Any]:  # refused
    return list((await session.execute(text("SELECT * FROM actors"))).all())


# offence: all tables at once
# plant: src/infrastructure/persistence/theatre/ticket_repo.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infrastructure.persistence.base import Base

USERS = Base.metadata.tables["users"]  # refused


class PgTicketRepository:
    async def owners(self, session: AsyncSession) -> int:
        return len((await session.execute(select(USERS))).all())

    async def more(self, session: AsyncSession) -> int:
        return len([m for m in Base.registry.mappers if m.class_.__name__])  # refused


# offence: in the open
# plant: src/infrastructure/persistence/theatre/box_repo.py
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class BoxModel(Base):
    __tablename__ = "boxes"

    name: Mapped[str] = mapped_column(primary_key=True)


BOXES = BoxModel.__table__


def blank() -> BoxModel:
    return BoxModel(name="")
# plant: src/infrastructure/boxes.py
from infrastructure.persistence.theatre import box_repo  # refused

tables = box_repo.BOXES  # refused
name = box_repo.blank().name  # refused


# offence: the long way around
# plant: src/infrastructure/persistence/detour/models.py
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class DetourModel(Base):
    __tablename__ = "detours"

    id: Mapped[int] = mapped_column(primary_key=True)
# plant: src/infrastructure/persistence/detour/repo.py
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Generic, TypedDict, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infrastructure.persistence.detour.models import DetourModel

T = TypeVar("T")


class Page(Generic[T]):
    items: list[T]


class D(TypedDict):
    row: Any


class Wrapped:
    def __init__(self, row: DetourModel) -> None:
        self._row = row

    @property
    def id(self) -> int:
        return self._row.id


class PgDetourRepository:
    async def a(self, session: AsyncSession) -> Page[DetourModel]:  # refused
        return Page()  # refused

    async def b(self, session: AsyncSession) -> D:  # refused
        return {"row": 1}

    async def c(self, session: AsyncSession) -> SimpleNamespace:  # refused
        return SimpleNamespace()

    async def d(self, session: AsyncSession) -> Wrapped | None:  # refused
        return None

    async def e(self, session: AsyncSession):  # type: ignore[no-untyped-def]  # refused
        return (await session.scalars(select(DetourModel))).all()  # refused

    async def f(self, session: AsyncSession) -> Sequence[T]:  # refused
        return (await session.scalars(select(DetourModel))).all()  # type: ignore[return-value]  # refused

    def g(self) -> type[DetourModel]:
        return DetourModel

    async def h(self, session: AsyncSession) -> list[list[str]]:
        return [list(r) for r in await session.execute(select(DetourModel))]
# plant: src/infrastructure/detour.py
from infrastructure.persistence.detour.repo import PgDetourRepository

KIND = PgDetourRepository().g()  # refused


# offence: in a hurry
# plant: src/infrastructure/persistence/hurry/models.py
from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, declarative_base, mapped_column

from infrastructure.persistence.base import Base

Legacy = declarative_base()
meta = MetaData()
things = Table("things", meta, Column("id", Integer), Column("name", String))


class Own(DeclarativeBase):
    pass


class Row1(Own):
    __tablename__ = "row1"
    id: Mapped[int] = mapped_column(primary_key=True)


class Row2(Legacy):  # type: ignore[misc, valid-type]
    __tablename__ = "row2"
    id = Column(Integer, primary_key=True)
# plant: src/infrastructure/persistence/hurry/row_repo.py
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infrastructure.persistence.hurry.models import Row1, Row2, things


class PgRowRepository:
    async def a(self, session: AsyncSession) -> Row1 | None:  # refused
        return await session.get(Row1, 1)  # refused

    async def b(self, session: AsyncSession) -> Row2 | None:  # refused
        return await session.get(Row2, 1)  # refused

    async def c(self, session: AsyncSession) -> Iterable[Mapping[str, Any]]:  # refused
        return (await session.execute(select(things))).mappings()  # refused

    async def d(self, session: AsyncSession) -> tuple[int, str] | None:
        row = (await session.execute(select(things))).one()
        return row.id, row.name

    async def e(self, session: AsyncSession) -> list[tuple[Any, ...]]:  # refused
        return [tuple(r) for r in await session.execute(select(things))]

    async def g(self, session: AsyncSession) -> list[list[object]]:  # refused
        return [list(r) for r in await session.execute(select(things))]


# innocent: a mapper, and rows that have something in common
# plant: src/infrastructure/persistence/gallery/models.py
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class Stamped(Base):
    """What all rows here have."""

    __abstract__ = True

    created_at: Mapped[datetime]


class PaintingModel(Stamped):
    __tablename__ = "paintings_on_show"

    name: Mapped[str] = mapped_column(primary_key=True)
# plant: src/infrastructure/persistence/gallery/mapping.py
from datetime import datetime

from domain.gallery.painting import Painting
from infrastructure.persistence.gallery.models import PaintingModel


def to_row(painting: Painting, now: datetime) -> PaintingModel:
    return PaintingModel(name=painting.name, created_at=now)


class PaintingMapper:
    @staticmethod
    def to_domain(row: PaintingModel) -> Painting:
        return Painting(row.name)
# plant: src/infrastructure/persistence/gallery/painting_repo.py
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.gallery.painting import Painting
from infrastructure.persistence.gallery.mapping import PaintingMapper, to_row
from infrastructure.persistence.gallery.models import PaintingModel


class PgPaintingRepository:
    async def insert(self, session: AsyncSession, painting: Painting) -> None:
        session.add(to_row(painting, datetime.now(UTC)))
        await session.flush()

    async def find(self, session: AsyncSession, name: str) -> Painting | None:
        row = await session.get(PaintingModel, name)
        return PaintingMapper.to_domain(row) if row else None

    async def list(self, session: AsyncSession) -> tuple[Sequence[Painting], int]:
        rows = (await session.scalars(select(PaintingModel))).all()
        return [PaintingMapper.to_domain(row) for row in rows], len(rows)

    async def stream(self, session: AsyncSession) -> AsyncIterator[Painting]:
        async for row in await session.stream_scalars(select(PaintingModel)):
            yield PaintingMapper.to_domain(row)

    async def count_by_name(self, session: AsyncSession) -> dict[str, int]:
        counted = select(PaintingModel.name, func.count()).group_by(PaintingModel.name)
        return {name: count for name, count in await session.execute(counted)}
# plant: src/domain/gallery/painting.py
from dataclasses import dataclass


@dataclass(slots=True)
class Painting:
    name: str


# innocent: a report without rows
# plant: src/infrastructure/reports.py
import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any


def rows_as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=sorted(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


async def fetch(url: str) -> dict[str, Any]:
    return {"url": url}


# innocent: a repository in full
# plant: src/infrastructure/persistence/pasture/models.py
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infrastructure.persistence.base import Base


class PastureModel(Base):
    __tablename__ = "pastures"
    __table_args__ = (Index(None, "state"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    rent: Mapped[Decimal | None]
    created_at: Mapped[datetime]
    flowers: Mapped[list["FlowerModel"]] = relationship(lazy="raise")


class FlowerModel(Base):
    __tablename__ = "flowers"

    pasture_id: Mapped[UUID] = mapped_column(ForeignKey("pastures.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
# plant: src/infrastructure/persistence/pasture/pasture_repo.py
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from application.errors import RepoNotFoundError
from domain.pasture.events import Pasture, PastureId, State
from infrastructure.persistence.pasture.models import FlowerModel, PastureModel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncSession

_OPEN: Select[tuple[PastureModel]] = select(PastureModel).where(PastureModel.state == "open")


class PgPastureRepository:
    async def insert(self, session: AsyncSession, pasture: Pasture) -> None:
        session.add(PastureModel(id=pasture.id.value, state=pasture.state))
        await session.flush()
        await session.execute(insert(FlowerModel).values(pasture_id=pasture.id.value, name="rose"))

    async def find_by_id(self, session: AsyncSession, pasture_id: PastureId) -> Pasture | None:
        row = await session.get(PastureModel, pasture_id.value, with_for_update=True)
        return _into_domain(row) if row else None

    async def save(self, session: AsyncSession, pasture: Pasture) -> None:
        async with session.begin_nested():
            changed = await session.execute(
                update(PastureModel).where(PastureModel.id == pasture.id.value).values(state="x")
            )
        if not changed.rowcount:  # type: ignore[attr-defined]
            raise RepoNotFoundError("no pasture")

    async def remove(self, session: AsyncSession, pasture_id: PastureId) -> int:
        result = await session.execute(
            delete(PastureModel).where(PastureModel.id == pasture_id.value).returning(PastureModel.id)
        )
        return len(result.all())

    async def stream(self, session: AsyncSession) -> AsyncIterator[Pasture]:
        async for row in await session.stream_scalars(_OPEN):
            yield _into_domain(row)

    async def counted(self, session: AsyncSession) -> dict[State, int]:
        rows = await session.execute(
            select(PastureModel.state, func.count()).group_by(PastureModel.state)
        )
        return {State(state): count for state, count in rows}

    async def page(self, session: AsyncSession, limit: int) -> tuple[Sequence[Pasture], int]:
        rows = (await session.scalars(_OPEN.limit(limit))).all()
        total = await session.scalar(select(func.count()).select_from(PastureModel)) or 0
        return [_into_domain(row) for row in rows], total

    async def lock(self, session: AsyncSession, key: int) -> None:
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    async def touch(self, session: AsyncSession, pasture: Pasture) -> None:
        statement = upsert(PastureModel).values(id=pasture.id.value)
        await session.execute(statement.on_conflict_do_nothing())
        await self._audit(session, statement)

    async def _audit(self, session: AsyncSession, statement: Any) -> None:
        await session.execute(text("INSERT INTO audit VALUES (:s)"), {"s": str(statement)})

    async def _rows(self, session: AsyncSession) -> Sequence[Row[tuple[str, int]]]:
        return (await session.execute(select(PastureModel.state, func.count()))).all()


def _into_domain(row: PastureModel) -> Pasture:
    return Pasture(PastureId(row.id), State(row.state))
