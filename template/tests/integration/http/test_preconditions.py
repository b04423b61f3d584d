"""`ETag`, `If-Match` and `If-None-Match`, with routes that only return a version."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.responses import Response, StreamingResponse

from application.versions import expect_version
from infrastructure.config import Settings
from presentation.app import create_app
from presentation.deps.preconditions import IfMatchDep, RequiredIfMatchDep
from presentation.openapi import VERSIONED, declared_codes
from presentation.preconditions import etag

VERSION = 7


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)

    @app.get("/_parcel", responses=VERSIONED)
    async def read(response: Response) -> dict[str, str]:
        response.headers["ETag"] = etag(VERSION)
        return {"weight": "heavy"}

    @app.get("/_parcel/label")
    async def stream() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"to "
            yield b"Ada"

        return StreamingResponse(pieces(), headers={"ETag": etag(VERSION)})

    @app.get("/_nothing")
    async def without_version() -> None: ...

    @app.put("/_parcel")
    async def change(expected: IfMatchDep) -> None:
        expect_version(VERSION, expected)

    @app.delete("/_parcel")
    async def remove(expected: RequiredIfMatchDep) -> None:
        expect_version(VERSION, expected)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


@pytest.mark.parametrize(
    "if_match", [None, '"7"', ' "7" ', "*", '"1", "7"', '"1","7"', 'W/"1", "7"']
)
async def test_a_change_of_the_present_version_is_made(
    client: httpx.AsyncClient, if_match: str | None
) -> None:
    headers = {"If-Match": if_match} if if_match else {}

    assert (await client.put("/_parcel", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "if_match",
    [
        '"6"',
        '"8"',
        "7",
        'W/"7"',
        '"07"',
        '"7',
        '"+7"',
        '"a"',
        '""',
        "",
        '"1", "2"',
        '"7"7"',
        "9" * 99,
    ],
)
async def test_a_change_of_any_other_version_is_refused(
    client: httpx.AsyncClient, if_match: str
) -> None:
    response = await client.put("/_parcel", headers={"If-Match": if_match})

    assert (response.status_code, response.json()["code"]) == (412, "stale")


async def test_a_route_can_insist_on_the_version(client: httpx.AsyncClient) -> None:
    without = await client.delete("/_parcel")
    stale = await client.delete("/_parcel", headers={"If-Match": '"6"'})
    seen = await client.delete("/_parcel", headers={"If-Match": '"7"'})

    assert (without.status_code, without.json()["code"]) == (428, "precondition_required")
    assert (stale.status_code, seen.status_code) == (412, 200)


@pytest.mark.parametrize("path", ["/_parcel", "/_parcel/label"])
@pytest.mark.parametrize("known", ['"7"', 'W/"7"', "*", '"6", "7"', '"6","7"'])
async def test_a_client_with_the_current_version_gets_304(
    client: httpx.AsyncClient, path: str, known: str
) -> None:
    response = await client.get(path, headers={"If-None-Match": known})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == '"7"'
    assert "content-length" not in response.headers
    assert "content-type" not in response.headers
    assert response.headers["x-request-id"]


@pytest.mark.parametrize("known", [None, '"6"', '"77"', "7", ""])
async def test_a_client_with_another_version_gets_the_current_one(
    client: httpx.AsyncClient, known: str | None
) -> None:
    headers = {"If-None-Match": known} if known is not None else {}

    response = await client.get("/_parcel", headers=headers)

    assert (response.status_code, response.json()) == (200, {"weight": "heavy"})
    assert response.headers["etag"] == '"7"'


async def test_a_response_without_a_version_is_always_sent(client: httpx.AsyncClient) -> None:
    response = await client.get("/_nothing", headers={"If-None-Match": "*"})

    assert response.status_code == 200


async def test_the_document_declares_the_headers_and_statuses_of_versions(
    settings: Settings,
) -> None:
    app = create_app(settings)

    @app.get("/_parcel", responses=VERSIONED)
    async def read() -> None: ...

    @app.put("/_parcel")
    async def change(expected: IfMatchDep) -> None: ...

    @app.delete("/_parcel")
    async def remove(expected: RequiredIfMatchDep) -> None: ...

    operations = app.openapi()["paths"]["/_parcel"]
    codes = {
        method: {
            status: declared_codes(response)
            for status, response in operations[method]["responses"].items()
            if status in ("304", "409", "412", "428")
        }
        for method in ("get", "put", "delete")
    }
    assert codes == {
        "get": {"304": []},
        "put": {"409": ["stale"], "412": ["stale"]},
        "delete": {"412": ["stale"], "428": ["precondition_required"]},
    }
    assert [parameter["name"] for parameter in operations["get"]["parameters"]] == ["If-None-Match"]
    assert operations["get"]["responses"]["200"]["headers"]["ETag"]["required"]
