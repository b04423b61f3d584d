# offence: aliased base
# plant: src/domain/catalog/author.py
import pydantic as pd
from pydantic import RootModel as Root


class Author(pd.BaseModel):  # refused
    name: str


class Names(  # refused
    Root[list[str]],
):
    pass


# offence: entity
# plant: src/domain/catalog/book.py
from pydantic import BaseModel


class Book(BaseModel):  # refused
    title: str
    pages: int


# offence: orm entity
# plant: src/domain/catalog/shelf.py
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class Shelf(Base):  # refused
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)  # refused


# offence: own orm base
# plant: src/domain/catalog/registry.py
import sqlalchemy.orm as orm
from sqlalchemy.orm import DeclarativeBase


class Registry(DeclarativeBase):  # refused
    pass


class Entry(orm.MappedAsDataclass, Registry):  # refused
    pass


# offence: pydantic dataclass
# plant: src/application/catalog/dto.py
from pydantic.dataclasses import dataclass


@dataclass(frozen=True)  # refused
class BookOutput:
    title: str


# offence: sqlmodel
# plant: src/domain/catalog/reader.py
from sqlmodel import Field, SQLModel


class Reader(SQLModel, table=True):  # refused
    id: object = Field(primary_key=True)


# offence: through another module
# plant: src/domain/catalog/bases.py
import pydantic as pd

from domain.shared import BaseModel


class Title(BaseModel):  # refused
    text: str


def parse(address: pd.EmailStr) -> None: ...  # refused


# offence: wire shape as input
# plant: src/application/catalog/lend.py
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import EmailStr
    from schemas.catalog import LendRequest


async def lend(data: LendRequest) -> None: ...  # refused


async def remind(
    reader: str,
    address: EmailStr | None = None,  # refused
) -> None: ...
