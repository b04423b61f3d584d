# offence: aliased submodule
# plant: src/domain/shipping/tracking.py
import fastapi.encoders as enc  # refused
import sqlalchemy.orm  # refused

orm = sqlalchemy.orm
encode = enc.jsonable_encoder


# offence: another layer
# plant: src/domain/shipping/label.py
from application.errors import (  # refused
    AppConflictError,
)


def refuse() -> None:
    raise AppConflictError("printed already")


def settings() -> object:
    from infrastructure.config import Settings  # refused

    return Settings


# offence: conditional
# plant: src/domain/shipping/money.py
try:
    import orjson as json  # refused
except ImportError:
    import json


def dumps(amount: int) -> str:
    return str(json.dumps(amount))


# offence: for typing
# plant: src/domain/shipping/shipment.py
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession  # refused

    from application.errors import AppError  # refused


def ship(session: "AsyncSession") -> "AppError | None": ...


# offence: lazy
# plant: src/domain/shipping/parcel.py
from dataclasses import dataclass


@dataclass(slots=True)
class Parcel:
    destination: str

    def country(self) -> str:
        import pycountry  # refused

        return str(pycountry.countries.lookup(self.destination).name)


# offence: pydantic validator
# plant: src/domain/shipping/weight.py
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError  # refused

from domain.shared import DomainError


@dataclass(frozen=True, slots=True)
class Weight:
    grams: int

    @classmethod
    def parse(cls, raw: str) -> "Weight":
        try:
            return cls(TypeAdapter(int).validate_python(raw))
        except ValidationError as exc:
            raise DomainError("a weight is a whole number of grams") from exc


# innocent: names of frameworks
# plant: src/domain/skills/skill.py
from abc import ABC
from dataclasses import dataclass
from enum import StrEnum


class Framework(StrEnum):
    FASTAPI = "fastapi"
    SQLALCHEMY = "sqlalchemy"
    PYDANTIC = "from pydantic import BaseModel"


class Base(ABC):
    """The base of a skill, which is not declarative."""


@dataclass(frozen=True, slots=True)
class Skill(Base):
    fastapi: Framework = Framework.FASTAPI
    uses_depends: bool = False
    sqlalchemy_select: str = "select"
