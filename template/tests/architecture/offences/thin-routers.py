# offence: an old route grows
# append: src/presentation/routers/health.py


@router.get("/deep")
async def deep_endpoint(database: DatabaseProbeDep, patient: bool = False) -> HealthResponse:
    time_limit = 60 if patient else 1  # refused
    await check_readiness(database, time_limit)
    return HealthResponse()


# offence: behind a helper
# plant: src/presentation/routers/actors.py
from fastapi import APIRouter

from application.actors.use_cases import find_actor, hire_actor

router = APIRouter()


def _checked(actor: object, age: int) -> object:
    if age < 18:  # refused
        raise ValueError("too young")  # refused
    return actor


async def _loaded(name: str) -> object:
    return await find_actor(name)


@router.post("/actors")
async def hire_actor_endpoint(name: str, age: int) -> None:
    actor = _checked(await _loaded(name), age)
    await hire_actor(actor)  # refused


# offence: branch
# plant: src/presentation/routers/tickets.py
from fastapi import APIRouter, HTTPException

from application.tickets.use_cases import find_ticket

router = APIRouter()


@router.get("/tickets/{number}")
async def get_ticket_endpoint(number: str) -> None:
    ticket = await find_ticket(number)
    if ticket is None:  # refused
        raise HTTPException(status_code=404)  # refused
    status = "open" if ticket.open else "closed"  # refused
    match status:  # refused
        case "open":
            ticket.touch()


# offence: filter and short circuit
# plant: src/presentation/routers/plays.py
from fastapi import APIRouter

from application.plays.use_cases import list_plays
from presentation.errors import refuse

router = APIRouter()


@router.get("/plays")
async def list_plays_endpoint(public: bool) -> list[str]:
    public or refuse()  # refused
    plays = await list_plays()
    return [play.title for play in plays if play.public]  # refused


# offence: import behind a helper
# plant: src/presentation/guards.py
from domain.shared import DomainError  # refused


def refuse_minors(age: int) -> None:
    if age < 18:
        raise DomainError("too young")
# plant: src/presentation/routers/guards.py
from presentation.guards import refuse_minors

guard = refuse_minors


# offence: inner imports
# plant: src/presentation/routers/roles.py
import sqlalchemy as sa  # refused
from fastapi import APIRouter

from domain.shared import DomainError  # refused
from infrastructure.persistence.database import Database  # refused

router = APIRouter()


@router.get("/roles")
async def list_roles_endpoint() -> None:
    from infrastructure.persistence import errors  # refused

    print(sa, DomainError, Database, errors)


# offence: outside the routers
# plant: src/presentation/extra.py
from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/extra")  # refused


@router.get("/one")  # refused
async def one_endpoint() -> None: ...


def install(app: FastAPI) -> None:
    app.add_api_route(  # refused
        "/two", one_endpoint
    )

    @app.post("/three")  # refused
    async def three_endpoint() -> None: ...


# offence: repeated in an expression
# plant: src/presentation/routers/props.py
from fastapi import APIRouter

from application.props.use_cases import find_prop, make_prop

router = APIRouter()


@router.post("/props")
async def make_props_endpoint(names: list[str]) -> None:
    {name: await make_prop(name) for name in names}  # refused


@router.put("/props")
async def find_props_endpoint(names: list[str]) -> None:
    {await find_prop(name) for name in names}  # refused


@router.get("/props")
async def list_props_endpoint(names: list[str]) -> None:
    print(await find_prop(name) for name in names)  # refused


@router.get("/props/{name}")
async def get_prop_endpoint(name: str) -> None:
    name and await find_prop(name)  # refused


# offence: transaction
# plant: src/presentation/routers/scenes.py
from fastapi import APIRouter

from application.scenes.use_cases import cut_scene

router = APIRouter()


@router.delete("/scenes/{number}")
async def cut_scene_endpoint(number: str, sessions: object) -> None:
    async with sessions() as session:  # refused
        await cut_scene(session, number)


# offence: try and loop
# plant: src/presentation/routers/seats.py
from fastapi import APIRouter

from application.errors import AppError
from application.seats.use_cases import take_seat

router = APIRouter()


@router.post("/seats")
async def take_seats_endpoint(numbers: list[str]) -> None:
    taken = []
    for number in numbers:  # refused
        try:  # refused
            taken.append(await take_seat(number))
        except AppError:
            continue
    while len(taken) > 3:  # refused
        taken.pop()
    assert taken  # refused


# offence: two at once
# plant: src/presentation/routers/stages.py
import asyncio

from fastapi import APIRouter

from application.stages.use_cases import light_stage as light
from application.stages.use_cases import open_stage

router = APIRouter()


@router.post("/stages")
async def open_stage_endpoint(number: str) -> None:
    await asyncio.gather(
        open_stage(number),
        light(number),  # refused
    )


@router.put("/stages")
async def light_stage_endpoint(number: str) -> None:
    await light(await open_stage(number))  # refused


@router.post("/stages/all")
async def light_stages_endpoint(numbers: list[str]) -> None:
    [await light(number) for number in numbers]  # refused


# offence: two use cases
# plant: src/presentation/routers/halls.py
from fastapi import APIRouter

from application.halls.use_cases import book_hall, find_hall
from application.mail import use_cases as mail

router = APIRouter()


@router.post("/halls")
async def book_hall_endpoint(number: str) -> None:
    hall = await find_hall(number)
    await book_hall(hall)  # refused


@router.delete("/halls")
async def leave_hall_endpoint(number: str) -> None:
    await find_hall(number)
    await mail.send_farewell(number)  # refused


# innocent: a thin route over many lines
# plant: src/presentation/routers/photos.py
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, File, Response, UploadFile

from application.photos.use_cases import PhotoInput, list_photos, store_photo
from schemas.photos import PhotoResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

router = APIRouter(prefix="/photos")


@router.post("", status_code=201)
async def store_photo_endpoint(
    upload: Annotated[UploadFile, File()],
    response: Response,
    title: str | None = None,
) -> PhotoResponse:
    """Reading the upload is extracting the input, not a use case."""
    content = await upload.read()
    data = PhotoInput(
        title=title or "untitled",
        content=content,
    )
    result = await store_photo(
        data,
    )
    response.headers["Location"] = f"/photos/{result}"
    response.headers["X-Title"] = (
        "a title"
        " in two parts"
    )
    return PhotoResponse.from_output(
        result,
    )


@router.get("")
async def list_photos_endpoint() -> Sequence[PhotoResponse]:
    photos = await list_photos()
    return [PhotoResponse.from_output(photo) for photo in photos]


@router.delete("/{number}", status_code=204)
async def forget_photos_endpoint(number: int) -> None:
    await list_photos()


@router.get("/{number}/raw", response_model=None)
async def raw_photo_endpoint(number: int) -> Response:
    content = await list_photos()
    return Response(content, media_type="image/png")
# plant: src/application/photos/use_cases.py
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhotoInput:
    title: str
    content: bytes


async def store_photo(data: PhotoInput) -> str:
    return data.title


async def list_photos() -> list[str]:
    return []
# plant: src/schemas/photos.py
from schemas.base import CamelModel


class PhotoResponse(CamelModel):
    title: str
