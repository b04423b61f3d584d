"""HEAD works wherever GET does, and OPTIONS lists the methods (RFC 9110, sections 9.1 and 9.3)."""

import httpx
import pytest
import structlog
from fastapi import FastAPI

from infrastructure.config import Settings
from presentation.app import create_app
from tests.integration.http.conftest import client_of


async def test_head_is_answered_as_get_is_but_without_the_body(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    own = {"x-request-id"}
    paths = [path for path, operations in app.openapi()["paths"].items() if "get" in operations]

    for path in ["/docs", "/openapi.json", *paths]:
        read = await client.get(path)
        head = await client.head(path)

        assert head.status_code == read.status_code, path
        assert head.headers.keys() == read.headers.keys(), path
        assert [
            n for n in read.headers if n not in own and read.headers[n] != head.headers[n]
        ] == []
        assert head.content == b""


async def test_a_head_is_logged_as_one(client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        await client.head("/health/live")

    assert [line["method"] for line in lines if line["event"] == "request"] == ["HEAD"]


async def test_options_names_the_methods_of_every_path(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    for path, operations in app.openapi()["paths"].items():
        declared = {method.upper() for method in operations} | {"OPTIONS"}
        allowed = declared | {"HEAD"} if "GET" in declared else declared

        answer = await client.options(path)
        refused = await client.request("TRACE", path)

        assert (answer.status_code, refused.status_code) == (204, 405), path
        assert allowed <= set(answer.headers["allow"].split(", ")), path
        assert answer.headers["allow"] == refused.headers["allow"], path


async def test_a_path_without_get_knows_no_head(settings: Settings) -> None:
    app = create_app(settings)

    @app.post("/_parcels")
    async def parcels() -> None: ...

    async with client_of(app) as client:
        head = await client.head("/_parcels")

    assert (head.status_code, head.headers["allow"]) == (405, "OPTIONS, POST")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
async def test_a_path_that_leads_nowhere_knows_no_method(
    client: httpx.AsyncClient, method: str
) -> None:
    assert (await client.request(method, "/_nowhere")).status_code == 404
