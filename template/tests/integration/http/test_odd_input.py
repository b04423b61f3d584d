"""Invalid and unusual text, in every place of the API that takes text.

The places are read from the API document, so that new routes are tested automatically.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from presentation.errors import install_error_handlers
from presentation.openapi import DocumentedAPI
from schemas.base import CamelModel, Text
from tests.integration.http.conftest import client_of

ODD_JSON = {
    "a NUL": rb'"correct\u0000horse@battery.org"',
    "a lone surrogate": rb'"correct\ud800horse@battery.org"',
    "bytes that are no UTF-8": b'"correct\xff\xfehorse@battery.org"',
    "an encoded surrogate": b'"correct\xed\xa0\x80horse@battery.org"',
    "deep arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a huge integer": b"1" + b"0" * 5000,
    "a huge float": b"1e400",
    "NaN": b"NaN",
    "infinity": b"-Infinity",
}
ODD_ENCODED = {  # for forms, queries and paths
    "a NUL": "%00",
    "bytes that are no UTF-8": "%FF%FE",
    "an encoded surrogate": "%ED%A0%80",
}
UNUSUAL = {
    "right to left": "\u202eneddih\u202c \u05e9\u05dc\u05d5\u05dd",
    "combining": "Z\u0351\u036b\u0343o\u0308e\u0301",
    "emoji": "\U0001f469\u200d\U0001f680 \U0001f3f4\U000e0067\U000e007f",
    "zero width": "a\u200bd\u2060a\ufeff",
    "lookalikes": "\u0430d\u0430",
    "no characters": "\uffff\U0010ffff",
    "controls": "a\x01\x1b[31m\x7f",
}

UNUSUAL_JSON = {what: json.dumps(text).encode() for what, text in UNUSUAL.items()}
UNUSUAL_ENCODED = {what: quote(text) for what, text in UNUSUAL.items()}


async def try_everywhere(
    client: httpx.AsyncClient,
    document: dict[str, Any],
    in_json: dict[str, bytes],
    encoded: dict[str, str],
    headers: httpx.Headers | None = None,
) -> dict[str, int]:
    """Send each value to each place that takes text, and return the statuses."""
    statuses: dict[str, int] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for place, request in _requests(document, path, operation, in_json, encoded):
                extra = request.pop("headers", {})
                response = await client.request(
                    method, **request, headers={"If-Match": "*", **(headers or {}), **extra}
                )
                if not response.is_success:
                    assert response.headers["content-type"] == "application/problem+json"
                statuses[f"{method.upper()} {path}, {place}"] = response.status_code
    return statuses


def _requests(
    document: dict[str, Any],
    path: str,
    operation: dict[str, Any],
    in_json: dict[str, bytes],
    encoded: dict[str, str],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield requests that are valid, except for one place with one of the values."""
    parameters = [p for p in operation.get("parameters", []) if p["in"] in ("path", "query")]
    in_query = [p["name"] for p in parameters if p["in"] == "query"]
    usual = {p["name"]: quote(str(_sample(document, p["schema"]))) for p in parameters}
    for parameter in parameters:
        for what, value in encoded.items():
            values = usual | {parameter["name"]: value}
            query = "&".join(f"{name}={values[name]}" for name in in_query)
            yield f"{parameter['name']}: {what}", {"url": f"{path.format(**values)}?{query}"}

    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        request = {"url": path.format(**usual), "headers": {"content-type": media_type}}
        body = _sample(document, content["schema"])
        if media_type == "application/json":
            for pointer in _texts(document, content["schema"]):
                with_gap = json.dumps(_replaced(body, pointer, "THE GAP")).encode()
                for what, raw in in_json.items():
                    whole = with_gap.replace(b'"THE GAP"', raw)
                    yield f"/{'/'.join(map(str, pointer))}: {what}", request | {"content": whole}
        else:
            for name in body:
                for what, value in encoded.items():
                    fields = {key: quote(str(text)) for key, text in body.items()} | {name: value}
                    form = "&".join(f"{key}={text}" for key, text in fields.items())
                    yield f"{name}: {what}", request | {"content": form.encode()}


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    choices = [choice for choice in schema.get("anyOf", []) if choice.get("type") != "null"]
    return _resolved(document, choices[0]) if choices else schema


def _sample(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Return a value that matches the schema."""
    examples = schema.get("examples")
    schema = _resolved(document, schema)
    for example in examples or schema.get("examples") or schema.get("enum") or ():
        return example
    if "const" in schema:
        return schema["const"]
    match schema.get("type"), schema.get("format"):
        case "object", _:
            properties = schema.get("properties", {})
            return {name: _sample(document, part) for name, part in properties.items()}
        case "array", _:
            return [_sample(document, schema["items"])]
        case "string", "uuid":
            return "00000000-0000-4000-8000-000000000000"
        case "string", "date-time":
            return "2026-01-01T00:00:00Z"
        case "string", _:
            return "x" * max(schema.get("minLength", 1), 1)
        case "boolean", _:
            return True
        case _:
            return schema.get("minimum", 1)


def _texts(
    document: dict[str, Any], schema: dict[str, Any], pointer: tuple[str | int, ...] = ()
) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every text in the body, and the body itself."""
    schema = _resolved(document, schema)
    if not pointer or schema.get("type") == "string":
        yield pointer
    for name, part in schema.get("properties", {}).items():
        yield from _texts(document, part, (*pointer, name))
    if "items" in schema:
        yield from _texts(document, schema["items"], (*pointer, 0))


def _replaced(value: Any, pointer: tuple[str | int, ...], new: object) -> Any:
    if not pointer:
        return new
    first, *rest = pointer
    copy = value.copy()
    copy[first] = _replaced(value[first], tuple(rest), new)
    return copy


class LabelRequest(CamelModel):
    text: Text
    size: float = 1.0


class ParcelRequest(CamelModel):
    name: Text
    note: Text | None = None
    tags: list[Text]
    label: LabelRequest


class FoundResponse(CamelModel):
    code: str
    near: str


@pytest.fixture
def parcels() -> FastAPI:
    """An API that takes text in every kind of place: in bodies, lists, paths and queries."""
    app = DocumentedAPI()
    install_error_handlers(app)

    @app.post("/_parcels")
    async def send(payload: ParcelRequest) -> ParcelRequest:
        return payload

    @app.get("/_parcels/{code}")
    async def find(code: Text, near: Text = "", most: int = 1) -> FoundResponse:
        return FoundResponse(code=code, near=near)

    return app


async def test_invalid_text_is_refused_in_every_place(parcels: FastAPI) -> None:
    async with client_of(parcels) as client:
        statuses = await try_everywhere(client, parcels.openapi(), ODD_JSON, ODD_ENCODED)

    assert len(statuses) == 5 * len(ODD_JSON) + 3 * len(ODD_ENCODED)
    assert {place: status for place, status in statuses.items() if status != 422} == {}


async def test_unusual_text_is_text(parcels: FastAPI) -> None:
    async with client_of(parcels) as client:
        for text in UNUSUAL.values():
            parcel = {
                "name": text,
                "note": text,
                "tags": [text],
                "label": {"text": text, "size": 1},
            }
            sent = await client.post("/_parcels", json=parcel)
            found = await client.get(f"/_parcels/{quote(text)}", params={"near": text})

            assert sent.json() == parcel
            assert found.json() == {"code": text, "near": text}


@pytest.mark.parametrize("number", ["9" * 5000, "1e400", "NaN", "-Infinity"])
async def test_a_number_that_json_does_not_know_is_refused(parcels: FastAPI, number: str) -> None:
    parcel = '{"name": "", "tags": [], "label": {"text": "", "size": %s}}'
    headers = {"content-type": "application/json"}

    async with client_of(parcels) as client:
        in_body = await client.post("/_parcels", content=parcel % number, headers=headers)
        in_query = await client.get("/_parcels/x", params={"most": number})

    assert in_body.status_code == in_query.status_code == 422


async def test_no_route_of_the_service_breaks_on_odd_or_unusual_text(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    odd = await try_everywhere(client, app.openapi(), ODD_JSON, ODD_ENCODED)
    unusual = await try_everywhere(client, app.openapi(), UNUSUAL_JSON, UNUSUAL_ENCODED)

    assert {p: status for p, status in odd.items() if status not in (401, 413, 422)} == {}
    assert {p: status for p, status in unusual.items() if status >= 500} == {}


@pytest.mark.parametrize("path", ["/_parcels/%00", "/%FF%FE", "/_parcels/x?near=%00"])
async def test_odd_text_in_an_address_is_handled(parcels: FastAPI, path: str) -> None:
    async with client_of(parcels) as client:
        assert (await client.get(path)).status_code in (200, 404, 422)
