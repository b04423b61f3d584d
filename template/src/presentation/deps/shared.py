"""What every context stands on: the settings and the database."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request

from application.health.ports import DatabaseProbe
from infrastructure.config import Settings
from infrastructure.persistence.database import Database


def wire(app: FastAPI, settings: Settings) -> None:
    app.state.settings = settings
    app.state.database = Database(settings)


async def close(app: FastAPI) -> None:
    database: Database = app.state.database
    await database.close()


async def get_database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


DatabaseDep = Annotated[Database, Depends(get_database)]
SettingsDep = Annotated[Settings, Depends(get_settings)]


async def get_database_probe(database: DatabaseDep) -> DatabaseProbe:
    return database


async def get_readiness_timeout(settings: SettingsDep) -> float:
    return settings.readiness_timeout


DatabaseProbeDep = Annotated[DatabaseProbe, Depends(get_database_probe)]
ReadinessTimeoutDep = Annotated[float, Depends(get_readiness_timeout)]
