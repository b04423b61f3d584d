"""With the index, the same route answers as without it, and few routes are asked."""

import asyncio
import re
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request, WebSocket
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute
from starlette.routing import Host, Match, Mount, Route, Router
from starlette.types import Message, Scope

from infrastructure.config import Settings
from presentation.app import create_app
from presentation.route_index import RouteIndex

Declared = Callable[[FastAPI], None]


class AnyCase(APIRoute):
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches({**scope, "path": scope["path"].lower()})


async def told(request: Request) -> PlainTextResponse:
    """Answer with what the chosen route and the path result in."""
    route = request.scope.get("route")
    return PlainTextResponse(
        f"{getattr(route, 'name', '')} {request.path_params} {request.scope.get('root_path')}"
    )


async def talked(websocket: WebSocket) -> None:
    await websocket.accept(f"{websocket.path_params}")
    await websocket.close()


def plain(path: str, *methods: str, name: str) -> Declared:
    return lambda app: app.add_api_route(path, told, methods=list(methods), name=name)


def included(*paths: str, prefix: str = "", name: str, **options: Any) -> Declared:
    router = APIRouter(**options)
    for number, path in enumerate(paths):
        router.add_api_route(path, told, methods=["GET"], name=f"{name}-{number}")
    return lambda app: app.include_router(router, prefix=prefix)


def nested(app: FastAPI) -> None:
    inner, outer = APIRouter(prefix="/b"), APIRouter(prefix="/a")
    inner.add_api_route("/{x}", told, methods=["GET", "PUT"], name="inner")
    inner.add_api_websocket_route("/{x}", talked)
    inner.mount("/c", Router([Route("/b", told, name="below")]))
    outer.add_api_route("/b/c", told, methods=["GET"], name="outer")
    outer.include_router(inner)
    outer.include_router(inner, prefix="/c")
    app.include_router(outer)
    app.include_router(outer, prefix="/{tenant}")


def of_a_class_of_its_own(app: FastAPI) -> None:
    app.router.routes.append(AnyCase("/c/a", told, name="any case"))
    shouted = APIRoute("/a/a", told, name="another pattern")
    shouted.path_regex = re.compile("^/A/A$", re.IGNORECASE)
    app.router.routes.append(shouted)


def another_application(app: FastAPI) -> None:
    other = FastAPI(openapi_url=None)
    other.add_api_route("/b/{x}", told, name="of another application")
    app.mount("/c", other)
    app.router.routes.append(Mount("/{m}/1", app=other))
    app.router.routes.append(Host("other.example", app=other))


DECLARED: Sequence[Declared] = (
    plain("/", "GET", name="root"),
    plain("/a", "GET", name="static"),
    plain("/a", "POST", name="static, another method"),
    plain("/a/", "DELETE", name="with a slash"),
    plain("/{x}", "GET", name="any segment"),
    included("/b", "/b/{x}", "/b/a", "/b/{x}/c", name="included"),
    included("", "/{n:int}", "/{x}/c", prefix="/b", name="below a prefix"),
    nested,
    plain("/a/{x}/c", "PUT", name="two parameters"),
    plain("/a/{n:int}", "GET", "PUT", name="number"),
    plain("/v{n:float}/b", "GET", name="part of a segment"),
    plain("/b/{rest:path}", "PUT", name="the rest"),
    plain("/{rest:path}/c", "POST", name="the start"),
    plain("/{id:uuid}", "DELETE", name="uuid"),
    plain("/{{2}}", "GET", name="braces"),
    lambda app: app.add_api_websocket_route("/a/{x}", talked),
    of_a_class_of_its_own,
    another_application,
)
SEGMENTS = ("", "a", "b", "c", "1", "A", "v2.5")
PATHS = [
    "",
    "*",
    "/a\n",
    "/a/\n",
    "/a/\n/",
    "/{1}",
    "/t/a/b/1",
    "/t/a/c/b/1",
    "/4f0c0f5a-4d4f-4a53-8a65-0f5f3c1f0d11",
    *(f"/{one}" for one in SEGMENTS),
    *(f"/{one}/{two}" for one, two in product(SEGMENTS, repeat=2)),
    *(f"/{one}/{two}/{three}" for one, two, three in product(SEGMENTS[:5], repeat=3)),
]


async def answer(
    app: FastAPI, path: str, method: str = "GET", *, root_path: str = "", host: str = "a.example"
) -> list[Message]:
    """Return what the application sends. Not with httpx, which would not send such paths."""
    sent: list[Message] = []
    received = [{"type": "http.request" if method != "WEBSOCKET" else "websocket.connect"}]

    async def receive() -> Message:
        if not received:
            await asyncio.Event().wait()  # the caller stays until there is an answer
        return received.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    await app(
        {
            "type": "websocket" if method == "WEBSOCKET" else "http",
            "method": method,
            "path": path,
            "root_path": root_path,
            "query_string": b"",
            "headers": [(b"host", host.encode())],
            "extensions": {"websocket.http.response": {}},
        },
        receive,
        send,
    )
    return sent


def both(declared: Sequence[Declared], **options: Any) -> tuple[FastAPI, FastAPI]:
    """Return the same application twice, with and without an index."""
    indexed, asking = (FastAPI(openapi_url=None, **options) for _ in range(2))
    indexed.router.middleware_stack = RouteIndex(indexed.router)
    for app in (indexed, asking):
        for declare in declared:
            declare(app)
    return indexed, asking


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD", "WEBSOCKET"])
@pytest.mark.parametrize("backwards", [False, True])
async def test_the_route_is_the_one_that_asking_all_of_them_finds(
    method: str, backwards: bool
) -> None:
    indexed, asking = both(DECLARED[:: -1 if backwards else 1])

    for path in PATHS:
        assert await answer(indexed, path, method) == await answer(asking, path, method), path


@pytest.mark.parametrize("redirect_slashes", [False, True])
async def test_it_is_so_below_a_path_of_a_proxy_and_without_redirects(
    redirect_slashes: bool,
) -> None:
    indexed, asking = both(DECLARED, redirect_slashes=redirect_slashes)
    starts = ("/a", "/a/1", "/proxy", "/proxy/a", "/proxya", "/proxy/c/b/1")

    for path in (start + end for start in starts for end in ("", "/", "//", "\n")):
        found = await answer(indexed, path, root_path="/proxy")

        assert found == await answer(asking, path, root_path="/proxy"), path


async def test_a_host_may_have_routes_of_its_own() -> None:
    indexed, asking = both(DECLARED[::-1])

    found = await answer(indexed, "/b/1", host="other.example")

    assert found == await answer(asking, "/b/1", host="other.example")
    assert b"of another application" in found[1]["body"]


async def test_files_are_served_where_no_route_is(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("a page")
    pages = APIRouter()
    pages.frontend("/b", directory=tmp_path, check_dir=True)
    pages.add_api_route("/a", told, methods=["GET"])
    indexed, asking = both([lambda app: app.include_router(pages), *DECLARED[:2]])

    for path in ("/", "/a", "/b", "/b/index.html", "/b/nothing", "/c/nothing"):
        found, expected = await answer(indexed, path), await answer(asking, path)

        assert found[0]["status"] == expected[0]["status"], path
        assert found[1]["body"] == expected[1]["body"], path


async def test_routes_may_be_added_while_it_serves() -> None:
    router = APIRouter()
    app, _ = both([lambda app: app.include_router(router)])
    before = [(await answer(app, path))[0]["status"] for path in ("/a", "/b")]

    router.add_api_route("/a", told, methods=["GET"], name="later")
    after = (await answer(app, "/a"))[0]["status"]
    app.add_api_route("/b", told, methods=["GET"], name="later")
    in_the_end = (await answer(app, "/b"))[0]["status"]

    assert (before, after, in_the_end) == ([404, 404], 200, 200)


async def test_the_address_of_another_route_is_found() -> None:
    async def address(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(request.url_for("elsewhere", x="1")))

    app, _ = both([plain("/elsewhere/{x}", "GET", name="elsewhere")])
    app.add_api_route("/a", address, methods=["GET"])

    assert b"/elsewhere/1" in (await answer(app, "/a"))[1]["body"]


async def test_the_application_starts_and_ends_as_ever(settings: Settings) -> None:
    messages = [{"type": "lifespan.shutdown"}, {"type": "lifespan.startup"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    await create_app(settings)({"type": "lifespan", "app": None, "state": {}}, receive, send)

    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


async def test_few_routes_are_asked_however_many_there_are() -> None:
    asked: list[int] = []

    async def count(request: Request) -> PlainTextResponse:
        asked.append(len(request.scope["routes"]))
        return PlainTextResponse()

    def one_of_many(name: str) -> APIRouter:
        router = APIRouter()
        for path in ("", "/{id}", "/{id}/submit", "/{id}/lines/{line}"):
            router.add_api_route(f"/{name}{path}", count, methods=["GET"])
        return router

    nested, app = APIRouter(prefix="/v1"), both([])[0]
    for number in range(5):
        app.include_router(one_of_many(f"plain{number}"))
        app.include_router(one_of_many(f"tenants{number}"), prefix="/{tenant}")
        nested.include_router(one_of_many(f"nested{number}"))
    app.include_router(nested)
    for path in ("/plain4/1", "/x/tenants4/1", "/v1/nested4/1"):
        await answer(app, path)

    assert asked == [1, 1, 1]
