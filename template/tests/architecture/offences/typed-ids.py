# offence: another name
# plant: src/domain/courses/ids.py
import uuid
from typing import Any, NewType
from uuid import UUID as Uuid  # refused

CourseId = uuid.UUID  # refused
SchoolId = NewType("SchoolId", Uuid)  # refused
PupilId = str  # refused


class Lesson:
    def __init__(self, lesson_id: Uuid, raw_id: Any) -> None:  # refused
        self.lesson_id: str = raw_id  # refused


# offence: field
# plant: src/domain/courses/course.py
import uuid
from dataclasses import dataclass, field


@dataclass(slots=True)
class Course:
    id: uuid.UUID = field(default_factory=uuid.uuid4)  # refused
    teacher_id: str | None = None  # refused
    student_ids: tuple[int, ...] = ()  # refused
    owner: uuid.UUID | None = None  # refused


# offence: input
# plant: src/application/courses/dto.py
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EnrolInput:
    course_id: UUID  # refused


class Enrolment(NamedTuple):
    studentId: str  # refused


# offence: declared as an alias
# plant: src/domain/courses/aliases.py
from typing import TypeAlias
from uuid import UUID

Room: TypeAlias = UUID  # refused
SeatId: TypeAlias = "int"  # refused


def move(room: Room) -> None: ...  # refused


# offence: port
# plant: src/application/courses/ports.py
from typing import Protocol
from uuid import UUID


class CourseRepository(Protocol):
    async def find_by_id(self, session: object, course_id: UUID) -> object: ...  # refused

    async def find_all(self, session: object, ids: list[UUID]) -> object: ...  # refused

    async def owner_of(self, session: object, course: object) -> UUID: ...  # refused


# offence: trailing underscore
# plant: src/application/courses/drop.py
from collections.abc import Callable


async def drop(id_: str, *more_ids: int) -> None: ...  # refused


class Drops:
    def __init__(self) -> None:
        self.student_id: str = ""  # refused
        self.on_drop: Callable[[str], None] = print


# offence: use case
# plant: src/application/courses/enrol.py
from typing import Annotated


async def enrol(
    sessions: object,
    *,
    student_id: str,  # refused
    course_id: "int | None" = None,  # refused
    teacher_uuid: Annotated[str, "a uuid"] = "",  # refused
) -> None: ...


# offence: uuid by another name
# plant: src/domain/courses/teacher.py
from uuid import UUID


class Teacher:
    def is_head_of(self, school: UUID) -> bool: ...  # refused

    def pupils(
        self,
        of: dict[UUID, str],  # refused
    ) -> None: ...


# offence: an alias of a raw type
# plant: src/application/rentals/keys.py
from typing import Annotated, TypeAlias

Key = str
Number: TypeAlias = int
Text = Annotated[str, "short"]


async def rent(invoice_id: Key, car_id: Number | None, *, driver_id: Text) -> None: ...  # refused


class Rental:
    lessor_id: Key  # refused
    former_ids: list[Number]  # refused


# offence: a NewType of a raw type
# plant: src/domain/rentals/new.py
from typing import NewType
from uuid import UUID

Reference = NewType("Reference", str)
Mark = NewType("Mark", UUID)  # refused


def find(rental_id: Reference) -> None: ...  # refused


def mark(with_: Mark) -> None: ...  # refused


# offence: out of its value object
# plant: src/application/rentals/use_cases.py
from dataclasses import dataclass

from domain.rentals.rental import Rental


@dataclass(frozen=True)
class RentalOutput:
    key: str
    price: int


async def open_rental(rental: Rental) -> str:
    return str(rental.id.value)  # refused


async def close_rental(rental: Rental) -> RentalOutput:
    key = rental.id.value.hex
    return RentalOutput(
        key,  # refused
        3,
    )


async def price(rental: Rental) -> RentalOutput:
    return RentalOutput(key=f"{rental.id.value}", price=3)  # refused


async def keys(rentals: list[Rental]) -> list[str]:
    return [str(each.id) for each in rentals]  # refused


async def pair(rental: Rental) -> dict[str, object]:
    return {"rental": rental.id.value, "price": 3}  # refused
# plant: src/domain/rentals/rental.py
from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RentalId:
    value: UUID


@dataclass(slots=True)
class Rental:
    id: RentalId


# offence: keyed by it
# plant: src/application/rentals/index.py
from collections import defaultdict
from collections.abc import Mapping


class Index:
    cars_by_id: dict[str, object]  # refused

    def __init__(self, prices_by_car_id: Mapping[int, int]) -> None:  # refused
        self.prices_by_id = defaultdict[str, int](int)  # refused
        self.seen = prices_by_car_id


# offence: handed out by a method
# plant: src/domain/rentals/car.py
from uuid import UUID, uuid4


class Car:
    @property
    def owner_id(self) -> str:  # refused
        return "ada"

    def next_id(self) -> int | None:  # refused
        return None

    def marks(self) -> list[UUID]:  # refused
        mark: UUID = uuid4()  # refused
        return [mark]


# offence: a dataclass that only looks like a value
# plant: src/domain/rentals/loose.py
from dataclasses import dataclass
from uuid import UUID


@dataclass
class LooseId:
    value: UUID  # refused


@dataclass(frozen=True)
class PairId:
    value: UUID  # refused
    part: int


# offence: the long way around
# plant: src/application/detours/ids.py
from dataclasses import dataclass, field
from typing import Any, TypedDict, TypeVar
import uuid as u

from domain.detours.user import UserId

T = TypeVar("T", bound=str)


async def a(user_id: T) -> None: ...  # refused


async def b(user: u.UUID) -> None: ...  # refused


class D(TypedDict):
    user_id: str  # refused


async def c(ids: "list[str]") -> None: ...  # refused


async def d(user_id: object) -> None: ...  # refused


async def e(user_id: Any) -> None: ...  # refused


async def f(uid: str) -> None: ...  # refused


async def g(id: UserId) -> str:
    return str(id.value)  # refused


async def h(id: UserId) -> str:
    raw = id.value
    text = str(raw)
    return text  # refused


async def i(id: UserId) -> tuple[str, int]:
    return str(id.value), 1  # refused


async def j(id: UserId) -> str:
    return "%s" % id.value  # refused


async def k(id: UserId) -> str:
    return "{}".format(id.value)  # refused


async def m(user: UserId | str) -> None: ...  # refused


@dataclass
class Out:
    user: str
    extra: dict[str, str] = field(default_factory=dict)


async def n(id: UserId) -> Out:
    return Out(user=id.value.hex)  # refused


async def o(id: UserId) -> Out:
    out = Out(user="")
    out.user = str(id.value)  # refused
    return out
# plant: src/domain/detours/user.py
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class UserId:
    value: UUID


# offence: within a use case
# plant: src/application/rentals/local.py
from typing import TypeAlias
from uuid import UUID, uuid4

LeaseId: TypeAlias = str  # refused


async def lease() -> None:
    number: UUID = uuid4()  # refused
    print(number)


# offence: in a hurry
# plant: src/domain/hurry/thing.py
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, NamedTuple, Optional, Union
from uuid import UUID, uuid4


@dataclass
class Thing:
    id: Optional[int] = None  # refused
    parent_id: Union[str, None] = None  # refused
    child_ids: set[str] = field(default_factory=set)  # refused
    ref: "UUID" = field(default_factory=uuid4)  # refused
    ownerId: str = ""  # refused
    ID: str = ""  # refused
    uuid: str = ""  # refused
    by_id: dict[int, str] = field(default_factory=dict)  # refused

    def __init_subclass__(cls, *, kind_id: str = "") -> None: ...  # refused

    def find(self, /, id: int) -> None: ...  # refused

    def order_ids(self) -> list[int]: ...  # type: ignore[empty-body]  # refused


class Key(NamedTuple):
    tenant_id: int  # refused
    number: int


def make(*, thing_id: str | UUID) -> None: ...  # refused


OrderKey = Annotated[UUID, "order"]  # refused


# innocent: values that are no ids
# plant: src/domain/tiles/tile.py
from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from domain.shared import DomainError


@dataclass(frozen=True, slots=True)
class TileId:
    value: UUID

    @classmethod
    def generate(cls) -> TileId:
        return cls(uuid4())

    @classmethod
    def parse(cls, raw: str) -> TileId:
        try:
            return cls(UUID(raw))
        except ValueError as exc:
            raise DomainError("a tile id is a UUID", field="tile_id") from exc

    @classmethod
    def from_trusted(cls, value: UUID) -> TileId:
        return cls(value)


@dataclass(slots=True)
class Tile:
    id: TileId
    grid: str
    paid: bool
    valid: str
    liquid: int
    raid: str | None = None

    def neighbours(self, ids: list[TileId], width: int) -> int:
        number_of_ids: int = len(ids)
        return number_of_ids * width


# innocent: wrappers, and what is looked up by ids
# plant: src/domain/packets/parcel.py
from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from domain.shared import DomainError


@dataclass(frozen=True, slots=True)
class ParcelId:
    value: UUID

    @classmethod
    def generate(cls) -> ParcelId:
        return cls(uuid4())


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What a client says that it asks for once."""

    value: UUID

    @classmethod
    def parse(cls, raw: str) -> IdempotencyKey:
        try:
            return cls(UUID(raw))
        except ValueError as exc:
            raise DomainError("a key is a UUID", field="idempotency_key") from exc


@dataclass(frozen=True, slots=True)
class TrackingNumber:
    value: str


@dataclass(slots=True)
class Parcel:
    id: ParcelId
    key: IdempotencyKey
    tracking: TrackingNumber | None = None
    previous_ids: tuple[ParcelId, ...] = ()
    paid: bool = False
    grid: str = ""


def same(one: Parcel, other: Parcel) -> bool:
    return one.id.value == other.id.value
# plant: src/application/packets/use_cases.py
from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from domain.packets.parcel import ParcelId

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.packets.parcel import IdempotencyKey, Parcel, TrackingNumber

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ParcelOutput:
    id: ParcelId
    tracking: str | None


class Cache(Protocol):
    async def get(self, key: str) -> ParcelOutput | None: ...


async def labels(
    parcels: Sequence[Parcel], names_by_id: dict[ParcelId, str], *, cache: Cache
) -> list[ParcelOutput]:
    ordered = sorted(parcels, key=lambda each: each.id.value)
    log.info("labels", extra={"first": str(ordered[0].id.value)})
    await cache.get(f"parcels:{ordered[0].id.value}")
    return [ParcelOutput(each.id, names_by_id.get(each.id)) for each in ordered]


async def send(
    key: IdempotencyKey, tracking: TrackingNumber, *, new_id: Callable[[], ParcelId]
) -> ParcelOutput:
    by_id: dict[ParcelId, str] = {new_id(): tracking.value}
    return ParcelOutput(next(iter(by_id)), tracking.value)


async def find_by_id(parcel_id: ParcelId) -> str | None:
    return None


# innocent: domain events and specifications
# plant: src/domain/pasture/events.py
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from uuid import UUID, uuid4

from domain.shared import DomainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PastureId:
    value: UUID

    @classmethod
    def generate(cls) -> PastureId:
        return cls(uuid4())

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise DomainError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def share(self, parts: int) -> tuple[Money, Money]:
        each = (self.amount / parts).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        return Money(each, self.currency), Money(self.amount - each * (parts - 1), self.currency)


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PastureOpened:
    pasture: PastureId
    at: datetime


class Specification(Protocol[T]):
    def holds(self, candidate: T) -> bool: ...


@dataclass(frozen=True)
class All(Generic[T]):
    parts: tuple[Specification[T], ...]

    def holds(self, candidate: T) -> bool:
        return all(part.holds(candidate) for part in self.parts)


@dataclass(slots=True)
class Pasture:
    id: PastureId
    state: State = State.OPEN
    rent: Money | None = None
    version: int = 1
    events: list[PastureOpened] = field(default_factory=list)

    def close(self, now: datetime) -> None:
        if self.state is State.CLOSED:
            raise DomainError("closed already")
        self.state = State.CLOSED

    def get(self, key: str, default: str = "") -> str:
        return default or key

    def pull_events(self) -> Iterator[PastureOpened]:
        events, self.events = self.events, []
        yield from events


def by_rent(pastures: list[Pasture]) -> dict[str, list[Pasture]]:
    found: dict[str, list[Pasture]] = {}
    for pasture in pastures:
        found.setdefault(pasture.rent.currency if pasture.rent else "", []).append(pasture)
    return found


def first(rule: Callable[[Pasture], bool], pastures: list[Pasture]) -> Pasture | None:
    return next(filter(rule, pastures), None)
# plant: src/application/pasture/use_cases.py
from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from application.errors import (
    AppConflictError,
    AppNotFoundError,
    AppUnavailableError,
    RepoConflictError,
    RepoUnavailableError,
    to_app_error,
)
from domain.pasture.events import Pasture, PastureId
from domain.shared import DomainError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from application.clock import Clock
    from sqlalchemy.ext.asyncio import AsyncSession

    from application.sessions import ReadSessions, SessionFactory

log = logging.getLogger(__name__)


class Pastures(Protocol):
    async def find_by_id(self, session: AsyncSession, pasture_id: PastureId) -> Pasture | None: ...

    async def insert(self, session: AsyncSession, pasture: Pasture) -> None: ...

    def stream(self, session: AsyncSession) -> AsyncIterator[Pasture]: ...


class Events(Protocol):
    async def publish(self, name: str, payload: Mapping[str, Any]) -> None: ...

    async def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PastureOutput:
    id: PastureId
    rent: str | None
    closed: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    imported: int
    error: str | None = None
    finished_at: datetime | None = None
    started_at: datetime | None = None


async def open_pasture(
    key: str,
    *,
    session_factory: SessionFactory,
    pastures: Pastures,
    events: Events,
    clock: Clock,
) -> PastureOutput:
    pasture = Pasture(PastureId.generate())
    try:
        async with session_factory() as session, session.begin():
            await pastures.insert(session, pasture)
    except RepoConflictError as exc:
        raise AppConflictError("open already", field=exc.field) from exc
    for event in pasture.pull_events():
        await events.publish(type(event).__name__, asdict(event))
    await events.commit()
    log.info("opened %s for %s", pasture.id.value, key)
    return PastureOutput(pasture.id, None, closed=False)


async def close_all(
    ids: Sequence[PastureId], *, session_factory: SessionFactory, pastures: Pastures, clock: Clock
) -> ImportReport:
    closed = 0
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(session_factory())
        await stack.enter_async_context(session.begin())
        for pasture_id in ids:
            pasture = await pastures.find_by_id(session, pasture_id)
            if pasture is None:
                raise AppNotFoundError("no such pasture")
            try:
                pasture.close(clock.now())
            except DomainError as exc:
                log.warning("not closed", exc_info=exc)
                raise to_app_error(exc) from exc
            closed += 1
    return ImportReport(closed)


async def count(*, read_sessions: ReadSessions, pastures: Pastures) -> int:
    total = 0
    async with read_sessions() as session:
        async for _ in pastures.stream(session):
            total += 1
    return total


async def both(one: PastureId, *, read_sessions: ReadSessions, pastures: Pastures) -> list[Pasture]:
    async def look(pasture_id: PastureId) -> Pasture | None:
        async with read_sessions() as session:
            return await pastures.find_by_id(session, pasture_id)

    found = await asyncio.gather(*(look(each) for each in [one, one]))
    return [pasture for pasture in found if pasture]


async def with_fallback(
    one: PastureId, *, read_sessions: ReadSessions, pastures: Pastures, cache: dict[PastureId, Pasture]
) -> Pasture | None:
    try:
        async with read_sessions() as session:
            return await pastures.find_by_id(session, one)
    except RepoUnavailableError:
        log.exception("from the cache")
        return cache.get(one)


async def retried(*, session_factory: SessionFactory, pastures: Pastures) -> None:
    for attempt in range(3):
        try:
            async with session_factory() as session, session.begin():
                await pastures.insert(session, Pasture(PastureId.generate()))
            return
        except RepoConflictError:
            await asyncio.sleep(attempt)
    raise AppUnavailableError("too many conflicts")
