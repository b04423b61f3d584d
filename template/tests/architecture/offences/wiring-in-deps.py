# offence: adapter in a route
# plant: src/infrastructure/persistence/rails/train_repo.py
class PgTrainRepository:
    pass
# plant: src/presentation/routers/rails.py
from fastapi import APIRouter

from infrastructure.persistence.rails.train_repo import PgTrainRepository as Trains  # refused
from infrastructure.persistence.rails import train_repo  # refused

router = APIRouter()
trains = Trains()  # refused
more = train_repo.PgTrainRepository()  # refused


# offence: aliased depends
# plant: src/presentation/routers/trams.py
import fastapi
from fastapi import APIRouter
from fastapi import Depends as Needs

from presentation.deps.shared import get_settings

router = APIRouter()


@router.get("/trams")
async def list_trams_endpoint(
    settings: object = Needs(get_settings),  # refused
    scopes: object = fastapi.Security(get_settings),  # refused
) -> None: ...


# offence: back door
# plant: src/presentation/backdoor.py
from fastapi import FastAPI, Request
from starlette.types import Scope


async def database_of(request: Request) -> object:
    return request.app.state.database  # refused


async def database_of_middleware(scope: Scope) -> object:
    return scope["app"].state.database  # refused


def fake(app: FastAPI) -> None:
    app.dependency_overrides[database_of] = lambda: None  # refused
    app.state.fake = True  # refused


# offence: depends by another name
# plant: src/presentation/routers/ferries.py
import fastapi

from presentation.deps.shared import get_settings

needs = fastapi.Depends  # refused
router = fastapi.APIRouter(dependencies=[needs(get_settings)])  # refused


# offence: depends in a route
# plant: src/presentation/routers/trains.py
from typing import Annotated

from fastapi import APIRouter, Depends

from presentation.deps.shared import get_settings

router = APIRouter(dependencies=[Depends(get_settings)])  # refused


@router.get("/trains")
async def list_trains_endpoint(settings: Annotated[object, Depends(get_settings)]) -> None: ...  # refused


# offence: engine
# plant: src/infrastructure/reporting.py
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.ext.asyncio import create_async_engine as connect
import sqlalchemy

engine = connect("postgresql+asyncpg://localhost/reports")  # refused
sessions = async_sessionmaker[AsyncSession](engine)  # refused
sync_engine = sqlalchemy.create_engine("postgresql://localhost/reports")  # refused


async def report() -> None:
    async with AsyncSession(engine) as session:  # refused
        print(session)


# offence: plain generator
# plant: src/presentation/deps/tracks.py
from collections.abc import Iterator


def get_track() -> Iterator[str]:  # refused
    yield "nine"


# offence: plain provider
# plant: src/presentation/deps/rails.py
from functools import lru_cache
from typing import Annotated

from fastapi import Depends


class Timetable:
    pass


@lru_cache
def get_timetable() -> Timetable:  # refused
    return Timetable()


def timetable() -> Timetable:  # refused
    return Timetable()


TimetableDep = Annotated[Timetable, Depends(timetable)]
PlainDep = Annotated[Timetable, Depends(timetable, use_cache=False)]
LambdaDep = Annotated[Timetable, Depends(lambda: Timetable())]  # refused
ClassDep = Annotated[Timetable, Depends(Timetable)]  # refused
EmptyDep = Annotated[Timetable, Depends()]  # refused


# offence: an adapter by any name
# plant: src/application/ports/ports.py
from typing import Protocol


class HarbourPilot(Protocol):
    async def guide(self, ship: str, depth: int) -> str: ...

    async def moor(self, ship: str) -> None: ...


class Alarm(Protocol):
    def __call__(self, sound: str) -> None: ...


class Crane(Protocol):
    async def lift(self, crate: str) -> None: ...
# plant: src/infrastructure/ports/pilots.py
class Radio:
    async def guide(self, ship: str, depth: int, *, loud: bool = False) -> str:
        return ship

    async def moor(self, ship: str) -> None: ...


class Bell:
    def __call__(self, sound: str) -> None: ...


class LoudRadio(Radio):
    @classmethod
    def of(cls, volume: int) -> "LoudRadio":
        return cls()


class SteamCrane:
    def __init__(self, pilot: Radio | None = None) -> None:
        self.pilot = pilot or Radio()  # refused

    async def lift(self, crate: str) -> None: ...
# plant: src/infrastructure/ports/jobs.py
from infrastructure.ports import pilots
from infrastructure.ports.pilots import Bell, Radio, SteamCrane

_PILOT = Radio()  # refused


async def unload(pilot: Radio = pilots.Radio()) -> None:  # refused
    crane = SteamCrane(pilot)  # refused
    await pilots.LoudRadio().moor("Argo")  # refused
    await pilots.LoudRadio.of(3).moor("Argo")  # refused
    Bell()("ding")  # refused
    await crane.lift("a crate")
# plant: src/application/ports/use_cases.py
from application.ports.ports import HarbourPilot


class SilentPilot:
    async def guide(self, ship: str, depth: int) -> str:
        return ship

    async def moor(self, ship: str) -> None: ...


async def enter(pilot: HarbourPilot = SilentPilot()) -> None: ...  # refused


async def leave() -> None:
    pilot = SilentPilot()  # refused
    await pilot.moor("Argo")
# plant: src/presentation/pilots.py
from application.ports.use_cases import SilentPilot

PILOTS = [SilentPilot()]  # refused


# offence: a client in a route
# plant: src/presentation/routers/rates.py
import smtplib  # refused
import subprocess  # refused
import urllib.request as web  # refused

import httpx  # refused
from asyncpg import connect  # refused
from fastapi import APIRouter
from httpx import AsyncClient as Client  # refused

from schemas.rates import RateResponse

router = APIRouter()
client = httpx.AsyncClient(base_url="https://rates.example")  # refused
mail = smtplib.SMTP("localhost")  # refused


@router.get("/rates/{currency}")
async def get_rate_endpoint(currency: str) -> RateResponse:
    async with Client() as other:  # refused
        rate = await other.get(f"/{currency}")
    return RateResponse(rate=rate.text)


@router.get("/rates/{currency}/raw")
async def get_raw_rate_endpoint(currency: str) -> RateResponse:
    pool = await connect("postgresql://localhost/rates")  # refused
    page = web.urlopen(f"https://rates.example/{currency}")  # refused
    text = subprocess.run(["curl", page], check=True)  # refused
    return RateResponse(rate=text)
# plant: src/presentation/rates.py
import socket  # refused

from redis.asyncio import Redis  # refused

cache = Redis()  # refused


def open_socket() -> socket.socket:
    return socket.create_connection(("localhost", 25))  # refused


# offence: a provider decides
# plant: src/presentation/deps/tolls.py
import math
from collections.abc import AsyncIterator
from functools import reduce
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request
from sqlalchemy.ext.asyncio import AsyncSession

from application.tolls.dto import TollInput, Traveller
from application.tolls.ports import TollRepository
from application.tolls.use_cases import find_traveller, pay_toll
from domain.tolls.value_objects import TravellerId

_RATES = {"car": 3, "lorry": 9}


async def get_traveller(request: Request) -> Traveller:
    traveller = await find_traveller(request.headers["x-traveller"])
    if traveller.is_banned:  # refused
        raise HTTPException(status_code=403)
    return traveller


async def get_toll(request: Request) -> TollInput:
    kind = request.query_params["kind"]
    weight = int(request.query_params["weight"]) // 1000  # refused
    rate = _RATES[kind]  # refused
    rate = max(rate, 3)  # refused
    return TollInput(rate=rate if weight > 3 else 0, free=kind == "bus")  # refused


async def get_travellers(request: Request) -> list[Traveller]:
    travellers = [t for t in request.app.state.travellers if t.is_known]  # refused
    for traveller in travellers:  # refused
        traveller.touch()
    return travellers


async def get_paid(request: Request, traveller: Annotated[Traveller, Depends(get_traveller)]) -> str:
    try:  # refused
        await pay_toll(traveller)
    except ValueError:
        return "unpaid"
    return "paid"


async def get_both(request: Request) -> str:
    traveller = await find_traveller("Ada")
    return await pay_toll(traveller)  # refused


async def get_stored(request: Request) -> Traveller:
    tolls: TollRepository = request.app.state.tolls
    return await tolls.find(1)  # refused


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:  # refused
    async with request.app.state.sessions() as session:
        yield session


async def get_checked(request: Request) -> str:
    return _checked(request.headers["x-toll"])


def _checked(text: str) -> str:
    assert text.isdecimal()  # refused
    return text


async def get_chosen(request: Request) -> Traveller:
    find = lambda: request.app.state.traveller  # refused
    return await find()  # refused


async def get_made(request: Request) -> Traveller:
    make = request.app.state.make
    return make(request.app.state.makers[0]())  # refused


async def get_priced(request: Request) -> int:
    return math.floor(request.app.state.price)  # refused


async def get_lucky(traveller: Annotated[Traveller | None, Depends(get_traveller)]) -> Traveller:
    if traveller is None:  # refused
        raise HTTPException(418)
    return traveller


async def get_friendly(x_kind: Annotated[str | None, Header()] = None) -> Traveller:
    if x_kind is None:  # refused
        return Traveller("Ada")
    return Traveller(None if x_kind is not None else "Ada")  # refused


async def get_reduced(request: Request) -> str:
    return reduce(max, request.app.state.prices)  # refused


async def get_named(request: Request) -> str:
    return _RATES.get(request.headers["x-kind"], 3)  # refused


async def traveller_id(request: Request) -> TravellerId:
    return TravellerId.parse(request.headers["x-traveller"] or "nobody")  # refused


TravellerIdDep = Annotated[TravellerId, Depends(traveller_id)]


# offence: use cases in deps
# plant: src/presentation/deps/bridges.py
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from application.bridges.ports import BridgeRepository
from application.bridges.use_cases import cross, raise_bridge


@dataclass(frozen=True)
class Bridges:
    bridges: BridgeRepository

    async def cross(self, name: str) -> None:  # refused
        if await self.bridges.is_up(name):
            await raise_bridge(name)
        await cross(name)


def wire(app: FastAPI) -> None:
    async def cross_twice(name: str) -> None:
        await cross(name)
        await cross(name)  # refused

    async def cross_safely(name: str) -> None:
        if name:  # refused
            await cross(name)

    app.state.cross_twice = cross_twice
    app.state.cross_safely = cross_safely


async def get_bridges(request: Request) -> Bridges:
    return await _loaded(request)


async def _loaded(request: Request) -> Bridges:
    bridges = await request.app.state.loader()
    return await bridges  # refused


BridgesDep = Annotated[Bridges, Depends(get_bridges)]


# offence: use cases as providers
# plant: src/application/locks/use_cases.py
async def open_lock(name: str) -> str:
    return name


async def find_lock(name: str) -> str:
    return name
# plant: src/presentation/deps/locks.py
from functools import partial
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from application.locks import use_cases
from application.locks.use_cases import find_lock, open_lock
from infrastructure.persistence.database import Database

LockDep = Annotated[str, Depends(find_lock)]  # refused
OtherDep = Annotated[str, Depends(use_cases.open_lock)]  # refused


async def open_both(name: str) -> str:
    await open_lock(name)
    return await find_lock(name)  # refused


async def open_safely(name: str, tries: str) -> str:
    if tries:  # refused
        return "broken"
    return await open_lock(name)


def wire(app: FastAPI) -> None:
    app.state.open = open_both
    app.state.close = lambda name: open_lock(name)  # refused
    app.state.turn = partial(lambda name: name, "x")  # refused


async def get_lock(request: Request) -> str:
    lock = request.app.state.locks
    return await lock.open("x")  # refused


async def get_database(request: Request) -> Database:
    database: Database = request.app.state.database
    await database.ping()  # refused
    return database


# offence: plain providers of other shapes
# plant: src/presentation/deps/bells.py
from functools import partial
from typing import Annotated

import fastapi
from fastapi import Depends, Request, Security


class Bell:
    pass


def require_bell(request: Request) -> Bell:  # refused
    return Bell()


def ring(request: Request) -> Bell:  # refused
    return Bell()


def strike(request: Request) -> Bell:  # refused
    return Bell()


BellDep = Annotated[Bell, Security(ring, scopes=["bells"])]
StrikeDep = Annotated[Bell, Depends(dependency=strike)]
PartialDep = Annotated[Bell, Depends(partial(ring, loud=True))]  # refused
FastDep = Annotated[Bell, fastapi.Depends(Bell)]  # refused
# plant: src/presentation/bells.py
from fastapi import FastAPI, Request
from fastapi.params import Depends  # noqa

from presentation.deps.bells import ring

NEEDED = [Depends(ring)]  # refused


def quiet(app: FastAPI, request: Request) -> None:
    app.state.bell = None  # refused
    setattr(request.app.state, "bell", None)  # refused
    app.dependency_overrides.clear()  # refused


# offence: repository as default
# plant: src/application/rails/ports.py
from typing import Protocol


class TrainRepository(Protocol):
    async def find_train(self, number: str) -> str: ...
# plant: src/application/rails/use_cases.py
from application.rails.ports import TrainRepository


class EmptyRepository:
    pass


class NoTrains:
    async def find_train(self, number: str) -> str:
        return number


async def list_trains(trains: TrainRepository = NoTrains()) -> None: ...  # refused


async def drop_trains(trains: EmptyRepository = EmptyRepository()) -> None: ...  # refused


# innocent: a policy that a use case chooses
# plant: src/application/fares/policies.py
from typing import Protocol


class FarePolicy(Protocol):
    def fare(self, distance: int) -> int: ...


class FlatFare:
    def fare(self, distance: int) -> int:
        return 3


class FareByDistance:
    def fare(self, distance: int) -> int:
        return min(distance // 10, 9)
# plant: src/application/fares/use_cases.py
from application.fares.policies import FareByDistance, FarePolicy, FlatFare


async def quote(distance: int, *, is_member: bool) -> int:
    policy: FarePolicy = FlatFare() if is_member else FareByDistance()
    return policy.fare(distance)


# innocent: an entity called repository
# plant: src/domain/code/repository.py
from dataclasses import dataclass


@dataclass(slots=True)
class GitRepository:
    name: str

    @classmethod
    def create(cls, name: str) -> "GitRepository":
        return cls(name=name)
# plant: src/application/code/use_cases.py
from domain.code.repository import GitRepository


async def create_repository(name: str) -> str:
    repository = GitRepository(name=name)
    return GitRepository.create(repository.name).name


# innocent: providers that hand out
# plant: src/application/mooring/ports.py
from typing import Protocol


class Harbour(Protocol):
    async def moor(self, ship: str) -> None: ...
# plant: src/application/mooring/dto.py
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Captain:
    name: str


@dataclass(frozen=True, slots=True)
class MooringInput:
    ship: str
    berths: tuple[str, ...]
# plant: src/application/mooring/use_cases.py
from application.mooring.dto import Captain, MooringInput
from application.mooring.ports import Harbour


async def moor_ship(captain: Captain, data: MooringInput, *, harbour: Harbour) -> None:
    await harbour.moor(data.ship)


async def find_captain(token: str | None, *, harbour: Harbour) -> Captain:
    return Captain(name=token or "nobody")
# plant: src/infrastructure/mooring.py
class HttpHarbour:
    def __init__(self, url: str) -> None:
        self.url = url

    async def moor(self, ship: str) -> None: ...

    async def close(self) -> None: ...
# plant: src/presentation/deps/mooring.py
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException, Path, Query, Request, Security
from fastapi.security import APIKeyHeader

from application.mooring.dto import Captain, MooringInput
from application.mooring.ports import Harbour
from application.mooring.use_cases import find_captain, moor_ship
from infrastructure.config import Settings
from infrastructure.mooring import HttpHarbour
from presentation.errors import CONTENT_TOO_LARGE

_key = APIKeyHeader(name="X-Captain", auto_error=False)


@dataclass(frozen=True, slots=True)
class Mooring:
    """The use cases, bound to what they work with."""

    moor_ship: Callable[[Captain, MooringInput], Awaitable[None]]
    find_captain: Callable[[str | None], Awaitable[Captain]]


def wire(app: FastAPI, settings: Settings) -> None:
    harbour = HttpHarbour("https://harbour.example")
    if settings.api_docs:
        harbour = HttpHarbour("https://harbour.test")
    app.state.harbour = harbour
    app.state.mooring = bind(harbour)


def bind(harbour: Harbour) -> Mooring:
    of_all, of_one = harbour, harbour
    return Mooring(
        moor_ship=partial(moor_ship, harbour=of_all),
        find_captain=partial(find_captain, harbour=of_one),
    )


async def moor_at_once(settings: Settings, data: MooringInput) -> None:
    """Run `moor_ship` outside of a request."""
    harbour = HttpHarbour("https://harbour.example")
    try:
        mooring = bind(harbour)
        await mooring.moor_ship(Captain(name="Ada"), data)
    finally:
        await harbour.close()


async def get_mooring(request: Request) -> Mooring:
    mooring: Mooring = request.app.state.mooring
    return mooring


async def get_harbour(request: Request) -> Harbour:
    return _harbour_of(request)


def _harbour_of(request: Request) -> Harbour:
    harbour: Harbour = request.app.state.harbour
    return harbour


async def get_captain(
    request: Request, token: Annotated[str | None, Security(_key)]
) -> Captain:
    mooring: Mooring = request.app.state.mooring
    return await mooring.find_captain(token)


async def get_captain_of_today(
    mooring: Annotated[Mooring, Depends(get_mooring)], token: Annotated[str, Header()]
) -> Captain:
    return await mooring.find_captain(token)


async def get_captain_of_old(request: Request, token: Annotated[str, Header()]) -> Captain:
    return await find_captain(token, harbour=await get_harbour(request))


async def get_berth(berth: Annotated[UUID, Path(alias="berthId")]) -> str:
    return str(berth)


async def get_berths(berths: Annotated[list[str], Query()]) -> tuple[str, ...]:
    return tuple(berth.strip() for berth in berths)


async def get_required(
    if_match: Annotated[str | None, Header(alias="If-Match")] = None,
) -> tuple[str, ...]:
    if if_match is None:
        raise HTTPException(CONTENT_TOO_LARGE.status, "say which version is meant")
    return tuple(if_match.split(","))


async def get_wanted(if_match: Annotated[str | None, Header()] = None) -> tuple[str, ...] | None:
    return None if if_match is None else tuple(if_match.split(","))


async def get_address(request: Request) -> str | None:
    return request.client.host if request.client else None


async def get_lease(request: Request) -> AsyncIterator[Harbour]:
    harbour = HttpHarbour("https://lease.example")
    try:
        yield harbour
    finally:
        await harbour.close()


MooringDep = Annotated[Mooring, Depends(get_mooring)]
CaptainDep = Annotated[Captain, Depends(get_captain)]
AddressDep = Annotated[str | None, Depends(get_address)]
HarbourDep = Annotated[Harbour, Depends(get_harbour)]
# plant: src/presentation/routers/mooring.py
from fastapi import APIRouter

from application.mooring.dto import MooringInput
from application.mooring.use_cases import moor_ship
from presentation.deps.mooring import CaptainDep, HarbourDep, MooringDep

router = APIRouter()


@router.post("/ships/{ship}/moor")
async def moor_ship_endpoint(ship: str, captain: CaptainDep, mooring: MooringDep) -> None:
    await mooring.moor_ship(captain, MooringInput(ship=ship, berths=()))


@router.post("/ships/{ship}/moor-as-before")
async def moor_ship_as_before_endpoint(
    ship: str, captain: CaptainDep, harbour: HarbourDep
) -> None:
    data = MooringInput(ship=ship, berths=())
    await moor_ship(captain, data, harbour=harbour)


# innocent: clients where they belong
# plant: src/infrastructure/rates.py
import httpx


class HttpRates:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def rate(self, currency: str) -> str:
        answer = await self._client.get(f"/{currency}", timeout=3)
        return answer.text
# plant: src/infrastructure/cached_rates.py
from infrastructure.rates import HttpRates


class CachedRates:
    """A cache around another adapter, which it is given."""

    def __init__(self, rates: HttpRates) -> None:
        self._rates = rates
        self._known: dict[str, str] = {}

    async def rate(self, currency: str) -> str:
        if currency not in self._known:
            self._known[currency] = await self._rates.rate(currency)
        return self._known[currency]
# plant: src/application/rates/ports.py
from typing import Protocol


class Rates(Protocol):
    async def rate(self, currency: str) -> str: ...
# plant: src/presentation/deps/rates.py
from typing import TYPE_CHECKING, Annotated

import httpx
from fastapi import Depends, FastAPI, Request

from application.rates.ports import Rates
from infrastructure.cached_rates import CachedRates
from infrastructure.rates import HttpRates


def wire(app: FastAPI) -> None:
    client = httpx.AsyncClient(base_url="https://rates.example", timeout=3)
    app.state.rates = CachedRates(HttpRates(client))


async def get_rates(request: Request) -> Rates:
    rates: Rates = request.app.state.rates
    return rates


RatesDep = Annotated[Rates, Depends(get_rates)]
