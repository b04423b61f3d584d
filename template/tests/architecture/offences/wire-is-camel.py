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
from pydantic import BaseModel  # refused

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
from fastapi.responses import JSONResponse as Json  # refused
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

from pydantic import BaseModel as Shape  # refused


class RainResponse(Shape):
    litres_per_hour: int


@dataclass  # refused
class SnowResponse:
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
