"""Protection against attackers, for every route."""

import asyncio
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from infrastructure.config import Settings
from presentation.app import create_app
from tests.integration.http.conftest import client_of, served

PROJECT = Path(__file__).resolve().parents[3]
PAGE = "https://app.example.org"

STRICT = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def changed(settings: Settings, **changes: object) -> FastAPI:
    """Return the application, with changed settings."""
    return create_app(settings.model_copy(update=changes))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/health/live"),
        ("GET", "/openapi.json"),
        ("GET", "/_nowhere"),
        ("PUT", "/health/live"),
    ],
)
async def test_every_response_carries_the_security_headers(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    response = await client.request(method, path)

    assert response.headers.items() >= STRICT.items()


async def test_the_response_to_an_unforeseen_error_has_them_too(settings: Settings) -> None:
    app = changed(settings)

    @app.get("/_fail")
    async def fail() -> None:
        raise RuntimeError

    async with client_of(app) as client:
        response = await client.get("/_fail")

    assert response.status_code == 500
    assert response.headers.items() >= STRICT.items()


async def test_a_route_may_say_otherwise(settings: Settings) -> None:
    app = changed(settings)

    @app.get("/_logo")
    async def logo() -> Response:
        return Response(headers={"Cache-Control": "public, max-age=3600"})

    async with client_of(app) as client:
        response = await client.get("/_logo")

    assert response.headers.get_list("cache-control") == ["public, max-age=3600"]
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_no_redirect_is_built_from_the_host_header(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/health/live/", headers={"Host": "evil.example"})

    assert response.status_code == 404
    assert "location" not in response.headers


async def test_pages_of_other_origins_have_no_access(client: httpx.AsyncClient) -> None:
    asked = await client.options(
        "/health/live", headers={"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    )
    taken = await client.get("/health/live", headers={"Origin": PAGE})

    assert asked.status_code == 204
    assert not [name for name in (*asked.headers, *taken.headers) if name.startswith("access-")]


async def test_pages_of_the_origins_that_are_set_are_let_in(settings: Settings) -> None:
    app = changed(settings, cors_origins=(PAGE,))

    @app.get("/_fail")
    async def fail() -> None:
        raise RuntimeError

    async with client_of(app) as client:
        asked = await client.options(
            "/health/live",
            headers={
                "Origin": PAGE,
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "Authorization, Content-Type",
            },
        )
        taken = [
            await client.get(path, headers={"Origin": PAGE}) for path in ("/_nowhere", "/_fail")
        ]
        other = await client.get("/health/live", headers={"Origin": "https://evil.example"})

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == PAGE
    assert [answer.status_code for answer in taken] == [404, 500]
    for answer in taken:
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert "X-Request-ID" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("origins", [(PAGE,), ("*",)])
async def test_no_origin_may_send_credentials_of_the_browser(
    settings: Settings, origins: tuple[str, ...]
) -> None:
    async with client_of(changed(settings, cors_origins=origins)) as client:
        response = await client.get("/health/live", headers={"Origin": PAGE, "Cookie": "a=b"})

    assert response.headers["access-control-allow-origin"] == origins[0]
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    ("origin", "method", "headers", "status"),
    [
        (PAGE, "HEAD", "authorization", 204),
        (PAGE, "DELETE", "content-type, x-request-id", 204),
        ("https://evil.example", "GET", "", 403),
        (PAGE, "TRACE", "authorization", 403),
        (PAGE, "GET", "x-whatever", 403),
    ],
)
async def test_a_preflight_is_answered_as_all_else_is(
    settings: Settings, origin: str, method: str, headers: str, status: int
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers

    async with client_of(changed(settings, cors_origins=(PAGE,))) as client:
        answer = await client.options("/health/live", headers=asked)

    assert answer.status_code == status
    assert answer.headers.items() >= STRICT.items()
    assert answer.headers["x-request-id"]
    assert "Origin" in answer.headers["vary"]
    if status == 403:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "forbidden"
    else:
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert answer.content == b""


async def test_no_cookie_is_read(settings: Settings) -> None:
    app = changed(settings)

    @app.get("/_cookies")
    async def cookies(request: Request) -> dict[str, str]:
        return request.cookies | {name: "" for name in request.headers if name == "cookie"}

    async with client_of(app) as client:
        answer = await client.get("/_cookies", headers={"Cookie": 'a="' + "\\" * 4000 + '"'})

    assert answer.json() == {}


async def test_the_api_page_only_runs_the_scripts_that_it_names(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")

    policy = page.headers["content-security-policy"]
    script = page.text.rpartition("<script>")[2].partition("</script>")[0]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text.count('integrity="sha384-') == page.text.count("https://") == 2
    assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
async def test_the_api_page_can_be_switched_off(settings: Settings, path: str) -> None:
    async with client_of(changed(settings, api_docs=False)) as client:
        assert (await client.get(path)).status_code == 404


async def answer_to(port: int, request: bytes) -> bytes:
    """Send only these bytes, and return the head of the response and what came with it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return head


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 101\r\n\r\n",
        b"Content-Length: 101\r\nExpect: 100-continue\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n65\r\n" + b"x" * 101 + b"\r\n",
    ],
    ids=["declared", "announced", "chunked"],
)
async def test_a_body_that_is_too_long_is_refused_while_it_arrives(
    settings: Settings, body: bytes
) -> None:
    app = changed(settings, max_body_bytes=100)

    @app.post("/_parcels")
    async def parcels(payload: dict[str, int]) -> None: ...

    head = b"POST /_parcels HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n"
    async with served(app) as port, asyncio.timeout(10):
        answer = await answer_to(port, head + body)

    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "request_line",
    [b"GET /health/live HTTP/1.1", b"GET /_nowhere HTTP/1.1", b"nonsense", b"GET /\xff HTTP/1.1"],
)
async def test_no_response_names_the_server_software(
    settings: Settings, request_line: bytes
) -> None:
    async with served(changed(settings)) as port, asyncio.timeout(10):
        answer = await answer_to(port, request_line + b"\r\nHost: service\r\n\r\n")

    names = [line.partition(b":")[0].lower() for line in answer.splitlines()]
    assert not {b"server", b"x-powered-by", b"via"} & set(names)
    assert b"uvicorn" not in answer.lower()


def test_every_test_that_the_security_page_names_exists() -> None:
    page = (PROJECT / "docs/security.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)

    missing = [
        f"{file}::{test}"
        for file, test in named
        if not re.search(rf"def {test}\(", (PROJECT / file).read_text())
    ]

    assert named
    assert missing == []
