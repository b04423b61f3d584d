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
