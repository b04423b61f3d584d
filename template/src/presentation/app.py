"""The application: `uvicorn --factory presentation.app:create_app` serves it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from presentation.about import DESCRIPTION, TITLE, VERSION
from presentation.deps import (
    Settings,
    close,
    load_settings,
    native_telemetry,
    start_telemetry,
    wire,
)
from presentation.errors import install_error_handlers
from presentation.middleware import BodyLimitMiddleware, RequestContextMiddleware
from presentation.openapi import DocumentedAPI, operation_id
from presentation.routers import ROUTERS


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application, by default with the settings of the environment.

    Raises:
        SystemExit: settings are missing or invalid.
    """
    settings = settings or load_settings(Settings)
    telemetry = start_telemetry(settings, VERSION)
    app = DocumentedAPI(
        title=TITLE,
        description=DESCRIPTION,
        version=VERSION,
        lifespan=_lifespan,
        generate_unique_id_function=operation_id,
        telemetry=native_telemetry(telemetry),
    )
    wire(app, settings, telemetry)
    install_error_handlers(app)
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes)
    app.add_middleware(RequestContextMiddleware)
    for router in ROUTERS:
        app.include_router(router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await close(app)
