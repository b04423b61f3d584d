import asyncio
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from infrastructure.config import Settings
from presentation.app import create_app


async def test_every_response_carries_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    first = await client.get("/health/live")
    second = await client.get("/_nowhere")

    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_the_id_of_the_caller_is_kept(client: httpx.AsyncClient) -> None:
    response = await client.get("/health/live", headers={"X-Request-ID": "call-7.a_b"})

    assert response.headers["x-request-id"] == "call-7.a_b"


@pytest.mark.parametrize("forged", ["", "x" * 65, 'a" level="error', "a\tb"])
async def test_an_id_that_could_forge_a_log_line_is_replaced(
    client: httpx.AsyncClient, forged: str
) -> None:
    response = await client.get("/health/live", headers={"X-Request-ID": forged})

    assert response.headers["x-request-id"] != forged


async def test_a_request_is_logged_when_it_has_ended(client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        await client.get("/health/live", headers={"X-Request-ID": "call-7"})

    line = next(line for line in lines if line["event"] == "request")
    assert (line["method"], line["path"], line["status"]) == ("GET", "/health/live", 200)
    assert line["request_id"] == "call-7"
    assert line["duration_ms"] >= 0


async def test_a_path_in_the_log_does_not_speak_to_the_terminal(client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        await client.get("/caf%C3%A9/%1B%5B31m")
        await client.get("/caf%C3%A9")

    paths = [line["path"] for line in lines if line["event"] == "request"]
    assert paths == ["'/caf\\xe9/\\x1b[31m'", "/café"]


async def test_a_path_does_not_fill_the_log(client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        await client.get(f"/{'a' * 5000}")

    (path,) = [line["path"] for line in lines if line["event"] == "request"]
    assert path == f"/{'a' * 255}… (5001 characters)"


async def test_a_client_that_disconnects_while_a_route_reads_is_not_an_error(
    settings: Settings,
) -> None:
    app = create_app(settings)

    @app.post("/_parcels")
    async def parcels(request: Request) -> None:
        async for _ in request.stream():
            pass

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        raise AssertionError

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/_parcels",
        "query_string": b"",
        "headers": [],
    }
    with structlog.testing.capture_logs() as lines:
        await app(scope, receive, send)

    assert [(line["event"], line["status"]) for line in lines] == [("request", 499)]


async def test_other_scopes_than_http_pass_unchanged(app: FastAPI) -> None:
    sent = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/_nowhere", "headers": [], "subprotocols": []}
    await app(scope, receive, send)

    assert sent == [{"type": "websocket.close", "code": 1000, "reason": ""}]


@pytest.mark.parametrize(("path", "status"), [("/_silent", 503), ("/_talking", 200)])
async def test_a_request_that_the_server_gives_up_still_has_its_last_words(
    settings: Settings, path: str, status: int
) -> None:
    app = create_app(settings)
    begun, sent, never = asyncio.Event(), [], asyncio.Event()

    @app.get("/_silent")
    async def silent() -> None:
        begun.set()
        await never.wait()

    @app.get("/_talking")
    async def talking() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"first"
            await silent()

        return StreamingResponse(chunks())

    async def receive() -> dict[str, str]:
        await never.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    async with app.router.lifespan_context(app):
        request = asyncio.create_task(app(scope, receive, send))
        await begun.wait()
        request.cancel()

    assert request.cancelled()
    assert [m["status"] for m in sent if m["type"] == "http.response.start"] == [status]
