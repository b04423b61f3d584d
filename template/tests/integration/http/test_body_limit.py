"""The limit on request bodies, for every route of the service."""

import json
import math
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import httpx
import pytest
from fastapi import Body, FastAPI, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, Field

from infrastructure.config import Settings
from presentation.app import create_app
from presentation.body_limit import most_bytes
from tests.integration.http.conftest import client_of

Short = Annotated[str, Field(max_length=10)]


class Label(BaseModel):
    text: Short
    inner: "Label | None" = None


class Line(BaseModel):
    sku: Short
    count: int


class Bounded(BaseModel):
    id: UUID
    name: Short
    kind: Literal["a", "b"]
    sent_at: datetime | None = None
    lines: Annotated[list[Line], Field(max_length=5)] = []
    size: tuple[int, float] = (1, 1.0)
    urgent: bool = False


class Endless(BaseModel):
    name: str


def route_for(body: object) -> APIRoute:
    async def endpoint(payload: object) -> None: ...

    endpoint.__annotations__["payload"] = body
    return APIRoute("/_parcels", endpoint, methods=["POST"])


@pytest.mark.parametrize(
    ("body", "least", "most"),
    [
        (Annotated[Short, Body()], 120, 400),
        (Line, 120, 1_500),
        (Bounded, 1_500, 10_000),
        (Annotated[list[Short], Field(max_length=3)], 360, 2_000),
    ],
)
def test_a_shape_with_bounds_bounds_the_body(body: object, least: int, most: int) -> None:
    assert least <= most_bytes(route_for(body)) <= most


@pytest.mark.parametrize("body", [Endless, Label, list[Short], dict[str, int], Request])
def test_a_shape_without_bounds_leaves_the_body_to_the_setting(body: object) -> None:
    assert most_bytes(route_for(body)) == math.inf


async def test_the_longest_body_that_is_right_passes(settings: Settings) -> None:
    app = create_app(settings)

    @app.post("/_parcels")
    async def parcels(payload: Bounded) -> int:
        return len(payload.lines)

    emoji = "\U0001f600" * 10
    parcel = {
        "id": "00000000-0000-4000-8000-000000000000",
        "name": emoji,
        "kind": "a",
        "sent_at": "2026-01-01T00:00:00.000000+00:00",
        "lines": [{"sku": emoji, "count": 10**18}] * 5,
        "size": [10**18, 1e300],
        "urgent": False,
    }
    async with client_of(app) as client:
        body = json.dumps(parcel, indent=8)
        sent = await client.post(
            "/_parcels", content=body, headers={"content-type": "application/json"}
        )
    assert sent.json() == 5


async def test_a_longer_body_is_refused_before_it_is_parsed(settings: Settings) -> None:
    app = create_app(settings)

    @app.post("/_parcels")
    async def parcels(payload: Bounded) -> None: ...

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 1_000

    json_headers = {"content-type": "application/json"}
    async with client_of(app) as client:
        declared = await client.post("/_parcels", content=b" " * 20_000, headers=json_headers)
        shown = await client.post("/_parcels", content=chunks(), headers=json_headers)

    assert declared.status_code == shown.status_code == 413
    assert declared.json() == shown.json()


async def test_no_route_accepts_a_longer_body_than_its_schema_needs(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings
) -> None:
    needed = {
        (route.path, method.lower()): most_bytes(route.original_route)
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute)
        for method in route.methods or ()
    }
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            for media_type in operation.get("requestBody", {}).get("content", {}):
                assert needed[path, method] < math.inf, f"{method} {path}"
                body = b"%" * int(min(needed[path, method], settings.max_body_bytes) + 1)

                answer = await client.request(
                    method, path, content=body, headers={"content-type": media_type}
                )

                assert answer.status_code == 413, f"{method} {path}"


async def test_a_body_that_the_route_reads_by_itself_may_be_as_long_as_is_set(
    settings: Settings,
) -> None:
    app = create_app(settings.model_copy(update={"max_body_bytes": 1000}))

    @app.post("/_hooks", include_in_schema=False)
    async def hooks(request: Request) -> int:
        return len(await request.body())

    async def raw(request: Request) -> Response:
        return Response(str(len(await request.body())))

    app.add_route("/_raw", raw, methods=["POST"])
    async with client_of(app) as client:
        for path in ("/_hooks", "/_raw"):
            assert (await client.post(path, content=b"x" * 1000)).text == "1000"
            assert (await client.post(path, content=b"x" * 1001)).status_code == 413
