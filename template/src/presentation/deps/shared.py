"""The dependencies of every context: the settings, the database and the telemetry."""

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, FastAPI, Request

from application.health.ports import DatabaseProbe
from infrastructure.config import Settings
from infrastructure.persistence.database import Database

if TYPE_CHECKING:
    from infrastructure.telemetry import Telemetry


def wire(app: FastAPI, settings: Settings, telemetry: "Telemetry | None") -> None:
    app.state.settings = settings
    app.state.telemetry = telemetry
    app.state.database = Database(settings, telemetry)


async def close(app: FastAPI) -> None:
    telemetry: Telemetry | None = app.state.telemetry
    if telemetry:
        await telemetry.close()  # while the pool can still be measured
    database: Database = app.state.database
    await database.close()


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def get_database_probe(request: Request) -> DatabaseProbe:
    return database_of(request)


async def get_readiness_timeout(request: Request) -> float:
    settings: Settings = request.app.state.settings
    return settings.readiness_timeout


async def get_root_path(request: Request) -> str:
    """Return the path prefix that a proxy in front of the service strips (`--root-path`)."""
    root_path: str = request.scope.get("root_path", "")
    return root_path.rstrip("/")


DatabaseProbeDep = Annotated[DatabaseProbe, Depends(get_database_probe)]
ReadinessTimeoutDep = Annotated[float, Depends(get_readiness_timeout)]
RootPathDep = Annotated[str, Depends(get_root_path)]
