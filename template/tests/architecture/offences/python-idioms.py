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
