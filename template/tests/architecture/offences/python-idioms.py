# offence: an error instead of an entity
# plant: src/domain/coins/coin.py
class CoinError(Exception):
    pass


class Coin:
    pass


def mint(value: int) -> Coin | CoinError:  # refused
    return Coin() if value else CoinError()


# offence: error as value
# plant: src/application/games/rules.py
from typing import Union

from domain.shared import DomainError


def check(move: str) -> str | DomainError:  # refused
    return move or DomainError("no move")


async def score(  # refused
    move: str,
) -> tuple[int | None, DomainError | None]:
    return 1, None


def judge(move: str) -> Union[str, ValueError]:  # refused
    return move


# offence: library
# plant: src/application/games/library.py
from result import Err, Ok, Result  # refused
from returns.maybe import Maybe as M  # refused


async def win(score: int) -> Result[int, str]:
    if score < 0:
        return Err("negative")  # refused
    return Ok(score)  # refused


def none() -> M[int]:
    return M.empty


# offence: new syntax
# plant: src/domain/games/generic.py
import result  # refused


class Option[T]:  # refused
    value: T | None


type Result[T] = T | result.Err  # refused


# offence: option
# plant: src/domain/games/option.py
from typing import Generic, TypeVar

T = TypeVar("T")


class Option(Generic[T]):  # refused
    value: T | None


class Some:
    pass


class Result:  # refused
    def __init__(self, value: object, error: object) -> None:
        self.value = value
        self.error = error

    def is_ok(self) -> bool:
        return self.error is None


# offence: result type
# plant: src/domain/games/result.py
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Ok(Generic[T]):  # refused
    value: T


@dataclass(frozen=True)
class Err:  # refused
    error: Exception


Result = Ok[T] | Err  # refused


# offence: unwrap
# plant: src/application/games/use_cases.py
async def play(games: object, name: str) -> object:
    move = (await games.find(name)).unwrap()  # refused
    return (
        games.play(move)  # refused
        .map_err(str)
        .unwrap_or(None)
    )


# offence: a value, and what went wrong
# plant: src/application/kites/use_cases.py
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from domain.kites.kite import Kite
from domain.shared import DomainError

Answer: TypeAlias = tuple[Kite | None, str | None]
Problem: TypeAlias = DomainError


def find() -> tuple[Kite | None, str | None]:  # refused
    return None, "no kite"


async def fly(kite: Kite) -> tuple[bool, str | None]:  # refused
    return False, "no wind"


async def land(kite: Kite) -> Answer:  # refused
    return kite, None


def name(kite: Kite) -> str | Problem:  # refused
    return kite.name


def build(name: str) -> Kite | Literal["no paper", "no string"]:  # refused
    return Kite(name) if name else "no paper"
# plant: src/domain/kites/kite.py
from dataclasses import dataclass


@dataclass(slots=True)
class Kite:
    name: str


# offence: a class that carries it
# plant: src/application/kites/outcomes.py
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from domain.kites.kite import Kite

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    kite: Kite | None
    error: str | None


@dataclass(frozen=True)
class Attempt(Generic[T]):
    value: T | None = None
    problem: Exception | None = None


class Flight(NamedTuple):
    kite: Kite
    failed_with: ValueError | None


async def fly() -> Outcome:  # refused
    return Outcome(None, "no wind")


async def turn() -> Attempt[Kite]:  # refused
    return Attempt()


def land() -> Flight | None:  # refused
    return None


# offence: returned without saying so
# plant: src/domain/kites/string.py
from typing import Any

from domain.shared import DomainError


def pull(length: int) -> object:
    return length if length > 0 else DomainError("too short")  # refused


def cut(length: int) -> Any:
    if length < 0:
        return ValueError(length)  # refused
    return length


# offence: in a port
# plant: src/application/kites/ports.py
from collections.abc import Awaitable
from typing import Protocol

from application.errors import RepoError
from domain.kites.kite import Kite


class Kites(Protocol):
    async def find(self, name: str) -> Kite | RepoError: ...  # refused

    async def save(self, kite: Kite) -> tuple[Kite, RepoError | None]: ...  # refused

    async def fly(self, kite: Kite) -> Exception | None: ...


# offence: the other way around
# plant: src/application/kites/around.py
from application.errors import AppError
from domain.kites.kite import Kite


def error_first() -> tuple[str | None, Kite | None]:  # refused
    return "no kite", None


def in_a_list() -> list[Kite | AppError]:  # refused
    return []


def text_or_true() -> bool | str:  # refused
    return True


def text_or_kite() -> Kite | str:  # refused
    return "no kite"


# innocent: results and options
# plant: src/domain/races/result.py
import inspect
from dataclasses import dataclass
from enum import StrEnum


class Option(StrEnum):
    """An answer that can be ticked."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Result:
    """How a race ended."""

    place: int
    seconds: int

    def is_okay(self) -> bool:
        return self.place > 0


@dataclass(frozen=True, slots=True)
class Failure:
    engine: str


def plain(function: object) -> object:
    return inspect.unwrap(function)  # type: ignore[arg-type]
# plant: src/infrastructure/persistence/races/race_repo.py
from typing import Any

from sqlalchemy import Result, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from infrastructure.persistence.races.models import RaceModel


class PgRaceRepository:
    async def find(self, session: AsyncSession) -> str | None:
        async with session.begin_nested():
            result: Result[Any] = await session.execute(text("SELECT name FROM races"))
        return _name(await self._row(session)) or result.scalar_one_or_none()

    async def names(self, session: AsyncSession) -> list[str | None]:
        return [_name(row) for row in await session.scalars(select(RaceModel))]

    async def first(self, session: AsyncSession) -> str | None:
        return _name(await session.scalar(select(RaceModel).limit(1)))

    async def _row(self, session: AsyncSession) -> RaceModel | None:
        return await session.scalar(select(RaceModel))


def _name(row: RaceModel | None) -> str | None:
    return row.name if row else None
# plant: src/infrastructure/persistence/races/models.py
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class RaceModel(Base):
    __tablename__ = "races"

    name: Mapped[str] = mapped_column(primary_key=True)


# innocent: two things at once
# plant: src/domain/ranges/range.py
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Missing(Enum):
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Range:
    start: datetime | None
    end: datetime | None

    def ends(self) -> tuple[datetime | None, datetime | None]:
        return self.start, self.end

    def names(self) -> tuple[str | None, str | None]:
        return None, None

    def find(self) -> "Range | Missing":
        return self if self.start else Missing.MISSING

    def failures(self) -> list[ValueError]:
        return [] if self.start else [ValueError("no start")]

    def shortest(self, other: "Range") -> tuple["Range", int]:
        return self, len(str(other))

    def label(self) -> str | None:
        return None


@dataclass(slots=True)
class Delivery:
    """How often a message was tried, and what was said the last time."""

    address: str
    attempts: int = 0
    delivered_at: datetime | None = None
    last_error: str | None = None


def next_try(delivery: Delivery) -> Delivery:
    return delivery
