# offence: a row of anybody
# plant: src/infrastructure/persistence/orchard/models/basket.py
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class BasketModel(Base):
    __tablename__ = "orchard_baskets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[str]
    label: Mapped[str]


# plant: src/infrastructure/persistence/orchard/basket_repo.py
from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, exists, func, select, text, update

from infrastructure.persistence.orchard.models.basket import BasketModel as Rows
from infrastructure.persistence.queries import Query
from infrastructure.persistence.rows import ListedRows, VersionedRows, of_owner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

_TABLE = Rows.__table__
_ANYBODYS = VersionedRows(_TABLE)  # refused
_ROWS = VersionedRows(_TABLE, where=of_owner(_TABLE.c.owner_id))
_ALL = ListedRows(_ROWS, _TABLE)  # refused
_BY_LABEL = Query(_ROWS.select.where(_TABLE.c.label == bindparam("label")))  # refused
_MINE_FIRST = Query(
    select(_TABLE.c.id).order_by(_TABLE.c.owner_id == bindparam("owner"))  # refused
)


class PgBasketRepository:
    async def list_labels(self, session: AsyncSession) -> Sequence[str]:
        found = await session.scalars(select(Rows.label))  # refused
        return found.all()

    async def find_label(self, session: AsyncSession, basket_id: UUID) -> str | None:
        row = await session.get(Rows, basket_id)  # refused
        return row.label if row else None

    async def rename(self, session: AsyncSession, basket_id: UUID, label: str) -> None:
        statement = update(_TABLE)  # refused
        statement = statement.where(_TABLE.c.id == basket_id)  # refused
        await session.execute(statement.values(label=label))  # refused

    async def give_away(self, session: AsyncSession, basket_id: UUID, owner: str) -> None:
        await session.execute(
            update(_TABLE).where(_TABLE.c.id == basket_id).values(owner_id=owner)  # refused
        )

    async def remove(self, session: AsyncSession, basket_id: UUID) -> None:
        await session.execute(delete(_TABLE).where(_TABLE.c.id == basket_id))  # refused

    async def has_any(self, session: AsyncSession, label: str) -> bool:
        is_there = exists().where(Rows.label == label)  # refused
        return bool(await session.scalar(select(is_there)))  # refused

    async def count(self, session: AsyncSession) -> int | None:
        counted: int | None = await session.scalar(
            text("SELECT count(*) FROM orchard_baskets")  # refused
        )
        return counted

    async def count_of_all(self, session: AsyncSession, owner: str | None) -> int | None:
        if owner is None:
            raise ValueError
        return await session.scalar(
            select(func.count()).select_from(_TABLE)  # refused
        )


# innocent: an owner who is compared
# plant: src/infrastructure/persistence/vineyard/models/bottle.py
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class BottleModel(Base):
    __tablename__ = "vineyard_bottles"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[str]
    label: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]


class SipModel(Base):
    __tablename__ = "vineyard_sips"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bottle_id: Mapped[UUID] = mapped_column(ForeignKey("vineyard_bottles.id"))
    position: Mapped[int]


# plant: src/infrastructure/persistence/vineyard/bottle_repo.py
from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.orm import aliased

from infrastructure.persistence.queries import Query
from infrastructure.persistence.rows import ListedRows, PartRows, VersionedRows, of_owner
from infrastructure.persistence.vineyard.models.bottle import BottleModel, SipModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from infrastructure.persistence.rows import Row

_TABLE = BottleModel.__table__
_SIPS = PartRows("sips", SipModel.__table__.c.bottle_id, SipModel.__table__.c.position)
_OF_OWNER = of_owner(_TABLE.c.owner_id)
_ROWS = VersionedRows(_TABLE, _SIPS, where=_OF_OWNER)
_ALL = ListedRows(_ROWS, _TABLE)
_OWN = ListedRows(_ROWS, _TABLE, _TABLE.c.owner_id == bindparam("owner"))
_BY_LABEL = Query(_ROWS.select.where(_TABLE.c.label == bindparam("label"), _OF_OWNER))
_LABELS = select(_TABLE.c.label)
_OWN_LABELS = Query(_LABELS.where(_TABLE.c.owner_id == bindparam("owner")))


class PgBottleRepository:
    async def insert(self, session: AsyncSession, row: Row) -> None:
        await session.execute(insert(_TABLE), row)

    async def find_label(
        self, session: AsyncSession, bottle_id: UUID, owner: str | None
    ) -> str | None:
        row = await _ROWS.find(session, bottle_id, owner=owner)
        return str(row["label"]) if row else None

    async def has_label(self, session: AsyncSession, label: str, owner: str | None) -> bool:
        return await _BY_LABEL.row(session, label=label, owner=owner) is not None

    async def list_labels(self, session: AsyncSession, owner: str | None) -> Sequence[str]:
        if owner is None:
            rows = await _ALL.slice(session, 9, None)
        else:
            rows = await _OWN.slice(session, 9, None, owner=owner)
        return [row["label"] for row in rows]

    async def count(self, session: AsyncSession, owner: str | None) -> int | None:
        statement = select(func.count()).select_from(_TABLE)
        if owner is not None:
            statement = statement.where(_TABLE.c.owner_id == owner)
        return await session.scalar(statement)

    async def count_those_of(self, session: AsyncSession, owners: Sequence[str]) -> int | None:
        statement = select(func.count(BottleModel.id))
        statement = statement.where(BottleModel.owner_id.in_(owners))
        return await session.scalar(statement)

    async def rename(self, session: AsyncSession, bottle_id: UUID, owner: str, label: str) -> None:
        await session.execute(
            update(_TABLE)
            .where(_TABLE.c.id == bottle_id, _TABLE.c.owner_id == owner)
            .values(label=label)
        )

    async def remove(self, session: AsyncSession, owner: str, label: str) -> None:
        bottle = aliased(BottleModel)
        mine = select(bottle.id).where(bottle.owner_id == owner, bottle.label == label)
        await session.execute(delete(SipModel).where(SipModel.bottle_id.in_(mine)))
        await session.execute(delete(BottleModel).filter_by(owner_id=owner, label=label))

    async def count_sips(self, session: AsyncSession, bottle_id: UUID) -> int | None:
        return await session.scalar(
            select(func.count(SipModel.id)).where(SipModel.bottle_id == bottle_id)
        )

    async def count_labels(self, session: AsyncSession, owner: str) -> int:
        return len(await _OWN_LABELS.rows(session, owner=owner))

    async def count_in_words(self, session: AsyncSession, owner: str) -> str:
        counted = await session.scalar(
            text("SELECT count(*) FROM vineyard_bottles WHERE owner_id = :owner"), {"owner": owner}
        )
        return f"{counted} from vineyard bottles"
