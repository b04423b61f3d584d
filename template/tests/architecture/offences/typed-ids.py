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
