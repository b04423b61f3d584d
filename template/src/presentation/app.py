"""The application.

`uvicorn --factory presentation.app:create_app --http presentation.protocol:HttpProtocol
--no-server-header` serves it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from presentation.about import DESCRIPTION, TITLE, VERSION
from presentation.body_limit import BodyLimitMiddleware
from presentation.cors import CrossOriginMiddleware
from presentation.deps import (
    Settings,
    close,
    load_settings,
    native_telemetry,
    start_telemetry,
    wire,
)
from presentation.errors import install_error_handlers
from presentation.garbage import collecting_less_often
from presentation.middleware import LastWordsMiddleware, RequestContextMiddleware
from presentation.openapi import DocumentedAPI, operation_id
from presentation.own_middleware import own_middleware
from presentation.own_routers import OWN_ROUTERS
from presentation.preconditions import NotModifiedMiddleware
from presentation.route_index import RouteIndex
from presentation.routers import ROUTERS, docs

_LAST_WORDS = 3.0
"""Seconds that a cancelled request has to roll back; a dead connection takes two to give up."""


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
        openapi_url="/openapi.json" if settings.api_docs else None,
        docs_url=None,  # `routers.docs` has our own
        redoc_url=None,
        redirect_slashes=False,  # the client controls the Host header that redirects are built from
        generate_unique_id_function=operation_id,
        telemetry=native_telemetry(telemetry),
    )
    wire(app, settings, telemetry)
    install_error_handlers(app)
    # The middleware that is added last is the outermost.
    app.add_middleware(NotModifiedMiddleware)
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes)
    app.add_middleware(LastWordsMiddleware)
    if settings.cors_origins:
        app.add_middleware(CrossOriginMiddleware, allow_origins=settings.cors_origins)
    app.add_middleware(RequestContextMiddleware)
    for router in (*ROUTERS, *OWN_ROUTERS):
        app.include_router(router)
    if settings.api_docs:
        app.include_router(docs.router)
    routes = _within(own_middleware(settings), RouteIndex(app.router))
    app.router.middleware_stack = routes  # type: ignore[assignment]  # declared as a method
    return app


def _within(middleware: Sequence[Middleware], routes: ASGIApp) -> ASGIApp:
    """Put middleware around the routes, the first one outermost."""
    for each in reversed(middleware):
        routes = each.cls(routes, *each.args, **each.kwargs)
    return routes


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    with collecting_less_often():
        yield
    await _wait_for_cancelled_requests()
    await close(app)


async def _wait_for_cancelled_requests() -> None:
    """Let the requests that the server has cancelled roll back and answer.

    The server cancels them after its shutdown timeout, right before this, and exits right after it.
    """
    cancelled = [task for task in asyncio.all_tasks() if task.cancelling()]
    if cancelled:
        await asyncio.wait(cancelled, timeout=_LAST_WORDS)
