# offence: bare model
# plant: src/schemas/weather.py
import pydantic
from pydantic import BaseModel, RootModel


class ForecastResponse(BaseModel):  # refused
    air_pressure: int


class ForecastsResponse(RootModel[list[ForecastResponse]]):  # refused
    pass


class WindResponse(pydantic.BaseModel, frozen=True):  # refused
    top_speed: int


# offence: beside the route
# plant: src/presentation/routers/weather.py
from fastapi import APIRouter
from pydantic import BaseModel

from schemas.base import CamelModel

router = APIRouter()


class StormRequest(BaseModel):  # refused
    wind_speed: int


class StormResponse(CamelModel):  # refused
    wind_speed: int


# offence: dictionary
# plant: src/presentation/routers/climate.py
from typing import Annotated, Any

from fastapi import APIRouter, Body

router = APIRouter()


@router.get("/rain")
async def get_rain_endpoint() -> dict[str, Any]:  # refused
    return {"litres_per_hour": 1}


@router.post("/rain")
async def rain_endpoint(
    payload: dict[str, Any],  # refused
    more: Annotated[dict[str, Any], Body()],  # refused
) -> None: ...


# offence: dumped
# plant: src/presentation/routers/moons.py
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse as Json
from starlette import responses

from application.moons.use_cases import find_moon
from schemas.health import HealthResponse

router = APIRouter()


@router.get("/moons", response_model_by_alias=False)  # refused
async def find_moon_endpoint() -> HealthResponse:
    return HealthResponse.from_output(await find_moon())


@router.get("/moons/raw")
async def raw_moon_endpoint() -> Response:
    moon = HealthResponse.from_output(await find_moon())
    return Json(moon.model_dump())  # refused


@router.get("/moons/rawer")
async def rawer_moon_endpoint() -> Response:
    return responses.JSONResponse({"phase_of_moon": 1})  # refused


# offence: made on the fly
# plant: src/presentation/routers/comets.py
from typing import Any

import pydantic
from fastapi import APIRouter

router = APIRouter()
CometResponse: Any = pydantic.create_model("CometResponse", tail_length=(int, ...))  # refused


# offence: other kinds
# plant: src/schemas/climate.py
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from pydantic import BaseModel as Shape


class RainResponse(Shape):  # refused
    litres_per_hour: int


@dataclass
class SnowResponse:  # refused
    new_snow: int


class HailResponse(TypedDict):  # refused
    grain_size: int


class FogResponse(NamedTuple):  # refused
    sight_range: int


# offence: output of the use case
# plant: src/presentation/routers/tides.py
from fastapi import APIRouter

from application.tides.dto import TideInput, TideOutput
from application.tides.use_cases import find_tide

router = APIRouter()


@router.post("/tides")
async def find_tide_endpoint(
    data: TideInput,  # refused
) -> list[TideOutput]:  # refused
    return await find_tide(data)


@router.get("/tides", response_model=TideOutput)  # refused
async def get_tide_endpoint() -> object: ...  # refused


# offence: raw request
# plant: src/presentation/routers/stars.py
from fastapi import APIRouter, Request

from application.stars.use_cases import name_star

router = APIRouter()


@router.post("/stars")
async def name_star_endpoint(request: Request) -> None:
    body = await request.json()  # refused
    await name_star(body["name"])


# offence: JSON by hand
# plant: src/presentation/routers/planets.py
import json
from dataclasses import asdict
from json import dumps as written

import pydantic_core
from fastapi import APIRouter, Request, Response, WebSocket
from fastapi.encoders import jsonable_encoder
from fastapi.responses import HTMLResponse, ORJSONResponse, PlainTextResponse, StreamingResponse

from application.planets.use_cases import find_planet
from schemas.planets import PlanetResponse

router = APIRouter(default_response_class=ORJSONResponse)  # refused


@router.get("/planets/{name}")
async def find_planet_endpoint(name: str) -> Response:
    user = await find_planet(name)
    return Response(json.dumps(asdict(user), default=str))  # refused


@router.get("/planets/{name}/typed")
async def typed_planet_endpoint(name: str) -> Response:
    result = await find_planet(name)
    return Response(result.text, media_type="application/json")  # refused


@router.get("/planets/{name}/untyped")
async def untyped_planet_endpoint(name: str) -> Response:
    result = await find_planet(name)
    return Response(content=result.text)  # refused


@router.get("/planets/{name}/shape")
async def dumped_planet_endpoint(name: str) -> Response:
    result = PlanetResponse.from_output(await find_planet(name))
    return Response(result.model_dump_json(), media_type="text/plain")  # refused


@router.get("/planets/{name}/plain", response_class=ORJSONResponse)  # refused
async def plain_planet_endpoint(name: str) -> PlainTextResponse:
    return PlainTextResponse(written(await find_planet(name)))  # refused


@router.get("/planets/{name}/page")
async def page_planet_endpoint(name: str) -> HTMLResponse:
    result = await find_planet(name)
    return HTMLResponse(pydantic_core.to_json(result))  # refused


@router.get("/planets/{name}/encoded")
async def encoded_planet_endpoint(name: str) -> PlanetResponse:
    result = await find_planet(name)
    return PlanetResponse(moon=jsonable_encoder(result), rest=vars(result))  # refused


@router.get("/planets/{name}/inside")
async def inside_planet_endpoint(name: str) -> PlanetResponse:
    result = await find_planet(name)
    return PlanetResponse(moon=result.__dict__)  # refused


@router.get("/planets")
async def stream_planets_endpoint() -> StreamingResponse:
    result = await find_planet("all")
    return StreamingResponse(result.lines)  # refused


@router.post("/planets")
async def name_planet_endpoint(request: Request) -> None:
    await find_planet(json.loads(await request.body()))  # refused


@router.post("/planets/copied")
async def copy_planet_endpoint(payload: PlanetResponse) -> None:
    await find_planet(payload.model_dump())  # refused


@router.websocket("/planets/live")
async def live_planets_endpoint(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_json({"phase_of_moon": 1})  # refused
    await find_planet(await websocket.receive_json())  # refused
    await websocket.send_text(json.dumps({"phase_of_moon": 1}))  # refused
# plant: src/presentation/planets.py
import json

from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from schemas.health import HealthResponse


async def planets(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.body", "body": json.dumps({"big_moon": 1}).encode()})  # refused


def answer() -> JSONResponse:
    return JSONResponse({"big_moon": 1})  # refused


def other_answer(health: HealthResponse) -> JSONResponse:
    return JSONResponse(content=health.model_dump())  # refused


def snake(health: HealthResponse) -> str:
    return health.model_dump_json(by_alias=False)  # refused


# offence: what a route takes
# plant: src/presentation/routers/orbits.py
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Json

from schemas.orbits import OrbitRequest, Payload

router = APIRouter()
Anything = dict[str, Any]
Named = Annotated[dict[str, str], Body()]


class Orbit(TypedDict):  # refused
    high_point: int


class OrbitModel(BaseModel):  # refused
    high_point: int


@dataclass
class OrbitData:
    high_point: int


@router.post("/orbits")
async def take_orbit_endpoint(
    name: Annotated[str, Body()],  # refused
    payload: "dict[str, Any]",  # refused
    anything: Anything,  # refused
    named: Named,  # refused
    things: list[Orbit],  # refused
    model: OrbitModel,  # refused
    data: OrbitData | None,  # refused
    untyped=Body(),  # refused
    text: Annotated[str, Body(embed=True)] = "",  # refused
    maybe: OrbitRequest | dict[str, int] | None = None,  # refused
    one: Any = None,  # refused
    given: object = None,  # refused
    parsed: Json[str] | None = None,  # refused
    numbers: list[int] = [],  # refused
    place: Annotated[str, Query(alias="high_point")] = "",  # refused
    handed: Payload | None = None,  # refused
    *rest: OrbitRequest,
    **more: Any,  # refused
) -> None: ...
# plant: src/schemas/orbits.py
from collections.abc import Mapping
from typing import Any, TypeAlias

from schemas.base import CamelModel

Payload = dict[str, Any]  # refused
Other: TypeAlias = Mapping[str, object] | None  # refused


class OrbitRequest(CamelModel):
    high_point: int


# offence: what a route returns
# plant: src/presentation/routers/suns.py
from collections.abc import AsyncIterator
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter

from application.suns.dto import SunOutput
from application.suns.use_cases import find_sun
from schemas.health import HealthResponse
from schemas.orbits import Payload

router = APIRouter()
Suns = list[SunOutput]


class Sun(NamedTuple):
    hot_spot: int


@router.get("/suns/1")
async def sun_1_endpoint():  # refused
    return HealthResponse.from_output(await find_sun())


@router.get("/suns/2")
async def sun_2_endpoint() -> "dict[str, Any]": ...  # refused


@router.get("/suns/3")
async def sun_3_endpoint() -> HealthResponse | dict[str, str]: ...  # refused


@router.get("/suns/4")
async def sun_4_endpoint() -> Suns: ...  # refused


@router.get("/suns/5")
async def sun_5_endpoint() -> AsyncIterator[SunOutput]: ...  # refused


@router.get("/suns/6", response_model=dict)  # refused
async def sun_6_endpoint() -> HealthResponse: ...


@router.get("/suns/7", responses={404: {"model": SunOutput}})  # refused
async def sun_7_endpoint() -> HealthResponse: ...


@router.get("/suns/8")
async def sun_8_endpoint() -> Annotated[Any, "a sun"]: ...  # refused


@router.get("/suns/9")
async def sun_9_endpoint() -> Sun: ...  # refused


@router.get("/suns/10")
async def sun_10_endpoint() -> Payload: ...  # refused


@router.get("/suns/11")
async def sun_11_endpoint() -> str: ...  # refused


# offence: behind a generic shape
# plant: src/presentation/routers/pages.py
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from application.pages.dto import PageOutput
from application.pages.use_cases import find_page
from schemas.health import HealthResponse
from schemas.pages import Wrapped

router = APIRouter()

_TYPE = "application/json"


@router.get("/pages/1")
async def page_1_endpoint() -> Wrapped[dict[str, Any]]: ...  # refused


@router.get("/pages/2")
async def page_2_endpoint() -> Wrapped[PageOutput]: ...  # refused


@router.get("/pages/3", response_model=list[Wrapped[Any]])  # refused
async def page_3_endpoint() -> HealthResponse: ...


@router.get("/pages/4")
async def page_4_endpoint() -> Response:
    result = await find_page()
    return Response(result.content, media_type=_TYPE)  # refused


@router.get("/pages/5")
async def page_5_endpoint() -> Response:
    result = await find_page()
    headers = {"Content-Type": _TYPE}
    return Response(result.content, media_type="text/plain", headers={"Content-Type": "text/json"})  # refused


@router.get("/pages/6")
async def page_6_endpoint() -> StreamingResponse:
    return StreamingResponse(find_page(), media_type="application/x-ndjson")  # refused
# plant: src/schemas/pages.py
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import Field, JsonValue, computed_field, field_validator

from schemas.base import CamelModel

T = TypeVar("T")


class Wrapped(CamelModel, Generic[T]):
    item: T


class BasketResponse(CamelModel):
    net: int

    @computed_field
    @property
    def gross(self) -> int:
        return self.net * 119 // 100  # refused

    @field_validator("net")
    @classmethod
    def reduced(cls, net: int) -> int:
        return net - 5  # refused

    def half(self) -> float:
        return self.net / 2  # refused


class OpenResponse(CamelModel):
    anything: Any  # refused
    things: list[Any]  # refused
    parts: dict[str, object] | None = None  # refused
    bare: dict  # refused
    rest: Annotated[list, Field(max_length=3)]  # refused
    kind: ClassVar[dict[str, Any]] = {}
    meant: dict[str, JsonValue]


class LooseResponse(CamelModel, extra="allow"):  # refused
    name: str


ROUNDED = lambda cents: cents % 100  # refused


class DumpedResponse(CamelModel):
    net: int

    def model_dump(self, **options: object) -> dict[str, object]:  # refused
        return {"net_sum": self.net}
# append: src/schemas/base.py


from pydantic import RootModel


class Numbers(RootModel[list[int]]):  # refused
    pass


# offence: another spelling
# plant: src/schemas/meteors.py
from collections import namedtuple
from typing import Any, TypedDict

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, create_model, model_serializer
from pydantic.alias_generators import to_snake

from schemas.base import CamelModel

Shower = create_model("Shower", top_speed=(int, ...))  # refused
Rain = TypedDict("Rain", {"top_speed": int})  # refused
Storm = namedtuple("Storm", ["top_speed"])  # refused


class MeteorResponse(CamelModel):
    top_speed: int = Field(serialization_alias="top_speed")  # refused
    low_point: int = Field(alias="low_point")  # refused
    high_point: int = Field(validation_alias="high_point")  # refused


class SnakeResponse(CamelModel, alias_generator=to_snake):  # refused
    top_speed: int


class ConfiguredResponse(CamelModel):
    model_config = ConfigDict(alias_generator=AliasGenerator(serialization_alias=to_snake))  # refused
    top_speed: int


class DictResponse(CamelModel):
    model_config = {"serialize_by_alias": False}  # refused
    top_speed: int


class OldResponse(CamelModel):
    top_speed: int

    class Config:  # refused
        alias_generator = to_snake  # refused


class OwnResponse(CamelModel):
    top_speed: int

    @model_serializer  # refused
    def written(self) -> dict[str, Any]:
        return {"top_speed": self.top_speed}


class Base(BaseModel):  # refused
    top_speed: int


class GrandchildResponse(Base):  # refused
    low_point: int


class Plain:  # refused
    top_speed: int


# innocent: shapes
# plant: src/schemas/colours.py
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import Field, TypeAdapter

from schemas.base import CamelModel

T = TypeVar("T")


class Colour(StrEnum):
    RED = "red"


class PaintResponse(CamelModel):
    colour: Annotated[Colour, Field(examples=["red"])]


class GlossResponse(PaintResponse):
    shine: int


class PotResponse(CamelModel, Generic[T]):
    paint: T


POT = TypeAdapter(PotResponse[GlossResponse])


# innocent: shapes, helpers and providers of the routes below
# plant: src/schemas/tracks.py
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import CamelModel, Id, Text


class Speed(IntEnum):
    SLOW = 1
    FAST = 2


class LineRequest(CamelModel):
    sku: Text
    quantity: Annotated[int, Field(ge=1)]


class TrackRequest(CamelModel):
    title: Text
    lines: list[LineRequest]
    labels: dict[str, str] = Field(default_factory=dict)
    start: datetime = Field(alias="from")


class TrackQuery(CamelModel):
    limit: int = 20
    order: Literal["oldest", "newest"] = "oldest"


class TrackResponse(CamelModel):
    id: Id
    title: str
    speed: Speed


class NotFoundResponse(CamelModel):
    missing: str


Track = TrackRequest | LineRequest
# plant: src/presentation/etags.py
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from fastapi import Response


def etag(version: int) -> str:
    return f'"{version}"'


def http_date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def attachment(name: str) -> str:
    safe = quote(name, safe="")
    return f"attachment; filename*=UTF-8''{safe}"


def link_to_next(response: Response, following: str | None) -> None:
    if following is not None:
        response.headers["Link"] = f'<?after={quote(following)}>; rel="next"'


def unquoted(header: str | None) -> int | None:
    """Read a header as RFC 9110 spells it."""
    if header is None or header == "*":
        return None
    return int(header.strip('"')) if header.strip('"').isdecimal() else None
# plant: src/presentation/deps/tracks_of_music.py
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from presentation.etags import unquoted


@dataclass(frozen=True, slots=True)
class Tracks:
    store: Callable[..., Awaitable[object]]
    find: Callable[..., Awaitable[object]]
    watch: Callable[..., AsyncIterator[object]]


async def get_tracks(request: Request) -> Tracks:
    tracks: Tracks = request.app.state.tracks
    return tracks


async def get_expected(if_match: Annotated[str | None, Header()] = None) -> int | None:
    return unquoted(if_match)


TracksDep = Annotated[Tracks, Depends(get_tracks)]
IfMatchDep = Annotated[int | None, Depends(get_expected)]


# innocent: a status that depends on the outcome, headers and a cookie
# plant: src/presentation/routers/music_put_track.py
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Request, Response

from application.tracks_of_music.dto import LineInput, TrackInput
from presentation.deps.tracks_of_music import IfMatchDep, TracksDep
from presentation.etags import etag, http_date
from schemas.tracks import NotFoundResponse, TrackRequest, TrackResponse

router = APIRouter(prefix="/tracks", tags=["tracks"])

_STATUS = {"made": HTTPStatus.CREATED, "kept": HTTPStatus.OK}


@router.put(
    "/{trackId}",
    response_model=TrackResponse,
    responses={404: {"model": NotFoundResponse, "description": "No such track."}},
)
async def put_track_endpoint(
    track_id: Annotated[UUID, Path(alias="trackId")],
    payload: TrackRequest,
    expected: IfMatchDep,
    request: Request,
    response: Response,
    tracks: TracksDep,
    language: Annotated[str | None, Header(alias="Accept-Language")] = None,
    dry: bool = False,
) -> TrackResponse:
    """Make it, or make it anew: the status tells."""
    data = TrackInput(
        id=track_id,
        title=payload.title,
        lines=tuple(LineInput(sku=line.sku, quantity=line.quantity) for line in payload.lines),
        labels={name: label for name, label in payload.labels.items()},
        language=language,
        first=payload.lines[0],
        begin=payload.begin,
        commit=payload.commit,
        dry=dry,
    )
    result = await tracks.store(data, expected)
    response.status_code = _STATUS[result.outcome]
    response.headers["ETag"] = etag(result.version)
    response.headers["Last-Modified"] = http_date(result.updated_at)
    response.headers["Location"] = str(request.url_for("get_track_endpoint", track_id=track_id))
    response.headers.append("Vary", "Accept-Language")
    response.set_cookie("track", str(result.id.value), httponly=True, secure=True)
    return TrackResponse.from_output(result)


# innocent: an upload with fields of a form
# plant: src/presentation/routers/music_upload_track.py
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile

from application.tracks_of_music.dto import TrackInput
from presentation.deps.tracks_of_music import TracksDep
from schemas.tracks import TrackResponse

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.post("", status_code=201)
async def upload_track_endpoint(
    upload: UploadFile,
    title: Annotated[str, Form(max_length=100)],
    cover: Annotated[bytes, File()],
    tracks: TracksDep,
) -> TrackResponse:
    data = TrackInput(title=title, cover=cover, name=upload.filename, content=await upload.read())
    return TrackResponse.from_output(await tracks.store(data))


# innocent: a list in the body
# plant: src/presentation/routers/music_store_lines.py
from fastapi import APIRouter

from application.tracks_of_music.dto import LineInput
from presentation.deps.tracks_of_music import TracksDep
from schemas.tracks import LineRequest

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.post("/several", status_code=204)
async def store_lines_endpoint(payload: list[LineRequest], tracks: TracksDep) -> None:
    data = [LineInput(sku=line.sku, quantity=line.quantity) for line in payload]
    await tracks.store(data)


# innocent: a list by a query
# plant: src/presentation/routers/music_list_tracks.py
from typing import Annotated

from fastapi import APIRouter, Query

from presentation.deps.tracks_of_music import TracksDep
from schemas.tracks import TrackQuery, TrackResponse

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("")
async def list_tracks_endpoint(
    query: Annotated[TrackQuery, Query()],
    tags: Annotated[list[str], Query()],
    tracks: TracksDep,
) -> list[TrackResponse] | None:
    prices = await tracks.find(query.limit, query.order, tags)
    return [TrackResponse.from_output(price) for price in prices.items()]


# innocent: a header that is sent at times
# plant: src/presentation/routers/music_find_tracks.py
from fastapi import APIRouter, Request, Response

from presentation.deps.tracks_of_music import TracksDep
from presentation.etags import link_to_next
from schemas.tracks import TrackResponse

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/found")
async def find_tracks_endpoint(
    request: Request, response: Response, tracks: TracksDep
) -> TrackResponse:
    result = await tracks.find(request.headers["x-title"], request.query_params.get("artist"))
    link_to_next(response, result.following)
    return TrackResponse.from_output(result)


# innocent: a field called begin, and items of what was listed
# plant: src/presentation/routers/music_list_prices.py
from fastapi import APIRouter

from application.tracks_of_music.dto import TrackInput
from application.tracks_of_music.use_cases import list_prices
from schemas.tracks import TrackResponse

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/prices")
async def list_prices_endpoint() -> list[TrackResponse]:
    prices = await list_prices()
    period = TrackInput(begin=prices.begin, end=prices.period.end)
    return [TrackResponse(id=name, title=price, speed=period.begin) for name, price in prices.items()]


# innocent: a conditional read
# plant: src/presentation/routers/music_get_track.py
from fastapi import APIRouter, Response

from presentation.deps.tracks_of_music import TracksDep
from presentation.etags import etag
from schemas.tracks import TrackResponse

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/{number}", name="get_track_endpoint")
async def get_track_endpoint(number: int, response: Response, tracks: TracksDep) -> TrackResponse:
    result = await tracks.find(number)
    response.headers["ETag"] = etag(result.version)
    body = TrackResponse.from_output(result)
    return body


# innocent: nothing to say
# plant: src/presentation/routers/music_drop_track.py
from fastapi import APIRouter, Response

from presentation.deps.tracks_of_music import TracksDep

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.delete("/{number}", status_code=204)
async def drop_track_endpoint(number: int, response: Response, tracks: TracksDep) -> None:
    await tracks.store(number)
    response.delete_cookie("track")


# innocent: a file
# plant: src/presentation/routers/music_download_track.py
from fastapi import APIRouter
from fastapi.responses import FileResponse

from presentation.deps.tracks_of_music import TracksDep

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/{number}/file", response_class=FileResponse)
async def download_track_endpoint(number: int, tracks: TracksDep) -> FileResponse:
    result = await tracks.find(number)
    return FileResponse(result.path, media_type=result.media_type, filename=result.name)


# innocent: a table for spreadsheets
# plant: src/presentation/tables.py
from collections.abc import AsyncIterator


async def lines(rows: AsyncIterator[tuple[str, str]]) -> AsyncIterator[str]:
    async for name, price in rows:
        yield f"{name};{price}\n"
# plant: src/presentation/routers/music_export.py
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from presentation.deps.tracks_of_music import TracksDep
from presentation.tables import lines

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/table")
async def export_tracks_endpoint(tracks: TracksDep) -> StreamingResponse:
    return StreamingResponse(lines(tracks.watch()), media_type="text/csv")


# innocent: a stream of bytes
# plant: src/presentation/routers/music_stream_track.py
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from presentation.deps.tracks_of_music import TracksDep
from presentation.etags import attachment

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/{number}/audio")
async def stream_track_endpoint(number: int, tracks: TracksDep) -> StreamingResponse:
    headers = {"Content-Disposition": attachment("track.flac")}
    return StreamingResponse(tracks.watch(number), media_type="audio/flac", headers=headers)


# innocent: a picture
# plant: src/presentation/routers/music_cover_of_track.py
from fastapi import APIRouter, Response

from presentation.deps.tracks_of_music import TracksDep
from presentation.etags import etag

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/{number}/cover")
async def cover_of_track_endpoint(number: int, tracks: TracksDep) -> Response:
    result = await tracks.find(number)
    return Response(result.content, media_type="image/png", headers={"ETag": etag(result.version)})


# innocent: a redirect
# plant: src/presentation/routers/music_home_of_track.py
from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from presentation.deps.tracks_of_music import TracksDep

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/{number}/home")
async def home_of_track_endpoint(number: int, tracks: TracksDep) -> RedirectResponse:
    result = await tracks.find(number)
    return RedirectResponse(result.address, status_code=303)


# innocent: server-sent events
# plant: src/presentation/routers/music_watch_track.py
from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from presentation.deps.tracks_of_music import TracksDep
from schemas.tracks import TrackResponse

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/{number}/events", response_class=EventSourceResponse)
async def watch_track_endpoint(
    number: int, tracks: TracksDep, last: Annotated[str | None, Header(alias="Last-Event-ID")] = None
) -> AsyncIterable[ServerSentEvent]:
    async for change in tracks.watch(number, last):
        yield ServerSentEvent(data=TrackResponse.from_output(change), id=str(change.number))


# innocent: a stream of shapes
# plant: src/presentation/routers/music_lines_of_track.py
from collections.abc import AsyncIterator

from fastapi import APIRouter

from presentation.deps.tracks_of_music import TracksDep
from schemas.tracks import TrackResponse

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/{number}/lines")
async def lines_of_track_endpoint(number: int, tracks: TracksDep) -> AsyncIterator[TrackResponse]:
    async for change in tracks.watch(number):
        yield TrackResponse.from_output(change)


# innocent: a webhook with a signature
# plant: src/presentation/routers/music_hook.py
from typing import Annotated

from fastapi import APIRouter, Header, Request

from presentation.deps.tracks_of_music import TracksDep

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.post("/hooks", status_code=202)
async def hook_endpoint(
    request: Request, signature: Annotated[str, Header(alias="X-Signature")], tracks: TracksDep
) -> None:
    """The signature covers the bytes, so the use case checks them and reads what they say."""
    await tracks.store(await request.body(), signature)


# innocent: a socket
# plant: src/presentation/routers/music_live_tracks.py
from fastapi import APIRouter, WebSocket

from presentation.deps.tracks_of_music import TracksDep
from schemas.tracks import TrackResponse

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.websocket("/live")
async def live_tracks_endpoint(websocket: WebSocket, tracks: TracksDep) -> None:
    await websocket.accept()
    async for change in tracks.watch(websocket.iter_text()):
        await websocket.send_text(TrackResponse.from_output(change).model_dump_json(by_alias=True))


# innocent: command lines and workers
# plant: src/application/ledgers/dto.py
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportInput:
    days: int


@dataclass(frozen=True, slots=True)
class ReportOutput:
    lines: tuple[str, ...]
    is_complete: bool
# plant: src/presentation/deps/ledgers.py
from application.ledgers.dto import ReportInput, ReportOutput
from application.ledgers.use_cases import close_ledger, write_report
from infrastructure.config import Settings
from infrastructure.persistence.database import Database


async def report(settings: Settings, data: ReportInput) -> ReportOutput:
    """Run `write_report` outside of a request."""
    database = Database(settings)
    try:
        return await write_report(data, sessions=database)
    finally:
        await database.close()


async def close_one(settings: Settings) -> bool:
    return await close_ledger(sessions=Database(settings))
# plant: src/application/ledgers/use_cases.py
from application.ledgers.dto import ReportInput, ReportOutput


async def write_report(data: ReportInput, *, sessions: object) -> ReportOutput:
    return ReportOutput(lines=(), is_complete=data.days > 30)


async def close_ledger(*, sessions: object) -> bool:
    return sessions is not None
# plant: src/presentation/report.py
"""Write the report of the last days: `python -m presentation.report 30`."""

import argparse
import asyncio
import sys

from application.errors import AppError
from application.ledgers.dto import ReportInput, ReportOutput
from presentation.deps import Settings, load_settings
from presentation.deps.ledgers import report


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the report.")
    parser.add_argument("days", type=int)
    arguments = parser.parse_args()
    try:
        output = asyncio.run(report(load_settings(Settings), ReportInput(days=arguments.days)))
    except AppError as exc:
        sys.exit(f"No report was written: {exc.detail}.")
    show(output)
    sys.exit(0 if output.is_complete else 1)


def show(output: ReportOutput) -> None:
    for line in output.lines:
        print(line)
# plant: src/presentation/worker.py
"""Closes one ledger after the other, until it is told to stop."""

import asyncio

import structlog

from presentation.deps import Settings, load_settings
from presentation.deps.ledgers import close_one

logger = structlog.get_logger()


async def work(stopping: asyncio.Event, pause: float) -> None:
    settings = load_settings(Settings)
    while not stopping.is_set():
        try:
            closed = await close_one(settings)
        except Exception:  # allow: no-swallowed-errors - one ledger must not stop the others
            logger.exception("a ledger was not closed")
            closed = False
        if not closed:
            await asyncio.sleep(pause)


# innocent: middleware
# plant: src/presentation/tenancy.py
import time
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from starlette.middleware.base import BaseHTTPMiddleware

from presentation.errors import CONTENT_TOO_LARGE, problem_response


class TimingMiddleware(BaseHTTPMiddleware):
    async def dispatch(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        started = time.perf_counter()
        response = await call_next(request)
        response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - started) * 1000:.1f}"
        if request.url.path.startswith("/static") and response.status_code == 200:
            response.headers["Cache-Control"] = "max-age=3600"
        return response


def install(app: FastAPI, most_bytes: int) -> None:
    app.add_middleware(TimingMiddleware)

    @app.middleware("http")
    async def refuse_long_bodies(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        declared = request.headers.get("content-length", "0")
        if int(declared) > most_bytes:
            return problem_response(CONTENT_TOO_LARGE)
        return await call_next(request)


# innocent: problems as JSON
# plant: src/presentation/problems_of_others.py
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from application.errors import AppError
from schemas.base import Problem


def install(app: FastAPI) -> None:
    @app.exception_handler(AppError)
    async def handler(request: Request, exc: AppError) -> JSONResponse:
        problem = Problem(title="No", status=409, code="no", detail=exc.detail)
        status = 409 if exc.detail else 500
        return JSONResponse(status_code=status, content=problem.model_dump(by_alias=True))


# innocent: a spelling that others prescribe
# plant: src/schemas/tokens_of_others.py
from pydantic import Field

from schemas.base import CamelModel


class LinkResponse(CamelModel):
    # allow: wire-is-camel - HAL spells it so
    links: list[str] = Field(alias="_links")


class ClaimResponse(CamelModel, alias_generator=None):  # allow: wire-is-camel - RFC 7662, 2.2
    client_id: str
