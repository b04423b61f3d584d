# offence: adapter in a route
# plant: src/infrastructure/persistence/rails/train_repo.py
class PgTrainRepository:
    pass
# plant: src/presentation/routers/rails.py
from fastapi import APIRouter

from infrastructure.persistence.rails.train_repo import PgTrainRepository as Trains  # refused
from infrastructure.persistence.rails import train_repo  # refused

router = APIRouter()
trains = Trains()
more = train_repo.PgTrainRepository()  # refused


# offence: aliased depends
# plant: src/presentation/routers/trams.py
import fastapi
from fastapi import APIRouter
from fastapi import Depends as Needs  # refused

from presentation.deps.shared import get_settings

router = APIRouter()


@router.get("/trams")
async def list_trams_endpoint(
    settings: object = Needs(get_settings),
    scopes: object = fastapi.Security(get_settings),  # refused
) -> None: ...


# offence: back door
# plant: src/presentation/backdoor.py
from fastapi import FastAPI, Request


async def database_of(request: Request) -> object:
    return request.app.state.database  # refused


def fake(app: FastAPI) -> None:
    app.dependency_overrides[database_of] = lambda: None  # refused
    app.state.fake = True  # refused


# offence: depends by another name
# plant: src/presentation/routers/ferries.py
import fastapi

from presentation.deps.shared import get_settings

needs = fastapi.Depends  # refused
router = fastapi.APIRouter(dependencies=[needs(get_settings)])


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
from sqlalchemy.ext.asyncio import create_async_engine as connect  # refused
import sqlalchemy

engine = connect("postgresql+asyncpg://localhost/reports")
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


# offence: repository as default
# plant: src/application/rails/use_cases.py
class TrainRepository:
    pass


async def list_trains(trains: TrainRepository = TrainRepository()) -> None: ...  # refused
