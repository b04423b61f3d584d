"""How long a request body may be: as long as its route can need, if that has a bound."""

import json
import math
from typing import Annotated, Any

from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from presentation.errors import CONTENT_TOO_LARGE, problem_response

_CHARACTER = 12  # "\ud83d\ude00" in JSON and "%F0%9F%98%80" in a form are one character
_TOKEN = 64  # a number, `false`, `null`, a date, a UUID
_AROUND = (
    200  # a value's quotes, comma and indentation, or the head of its part in a form with files
)
_SHORT_FORMATS = {"date", "date-time", "duration", "time", "uuid"}


class BodyLimitMiddleware:
    """Refuses a body that is too long: by its declared length, or as soon as it shows.

    What is declared too long is not read at all. What a route can need follows from the schema of
    its body: parsing costs a multiple of what a refusal does, and comes before every other check.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.max_bytes_of: dict[int, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        declared = _declared_length(scope)
        if declared > self.max_bytes:
            refusal = problem_response(CONTENT_TOO_LARGE, detail=_detail(self.max_bytes))
            await refusal(scope, receive, send)
            return

        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            limit = self._limit_of(scope.get("route"))
            if declared > limit:
                raise HTTPException(CONTENT_TOO_LARGE.status, _detail(limit))
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(CONTENT_TOO_LARGE.status, _detail(limit))
            return message

        await self.app(scope, receive_within_limit, send)

    def _limit_of(self, route: object) -> int:
        if not isinstance(route, APIRoute):
            return self.max_bytes
        key = id(route)  # a route cannot be hashed, and lives as long as the application
        if key not in self.max_bytes_of:
            self.max_bytes_of[key] = int(min(self.max_bytes, most_bytes(route)))
        return self.max_bytes_of[key]


def most_bytes(route: APIRoute) -> float:
    """Return how long a body can be that has the shape which the route declares.

    Infinity if the shape has no bound, as a text without `max_length` has none, or if there is no
    shape: a route may read the body by itself.
    """
    if route.body_field is None:
        return math.inf
    field = route.body_field.field_info
    declared: Any = Annotated[field.annotation, field]
    schema = TypeAdapter(declared).json_schema()
    return _most(schema, schema.get("$defs", {})) + _AROUND


def _most(schema: dict[str, Any], definitions: dict[str, Any]) -> float:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        # Without its own name, so that a shape that holds itself has no bound.
        inner = {key: value for key, value in definitions.items() if key != name}
        return _most(definitions[name], inner) if name in definitions else math.inf
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return max(_most(option, definitions) for option in schema[choice])
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return max(len(json.dumps(value)) for value in values) * _CHARACTER
    match schema.get("type"):
        case "string":
            if schema.get("format") in _SHORT_FORMATS:
                return _TOKEN
            return float(schema.get("maxLength", math.inf)) * _CHARACTER
        case "integer" | "number" | "boolean" | "null":
            return _TOKEN
        case "array":
            first = [_most(item, definitions) + _AROUND for item in schema.get("prefixItems", ())]
            more = float(schema.get("maxItems", math.inf)) - len(first)
            return sum(first) + (
                more * (_most(schema["items"], definitions) + _AROUND) if more else 0
            )
        case "object" if not schema.get("additionalProperties"):
            return sum(
                len(name) * _CHARACTER + _most(value, definitions) + _AROUND
                for name, value in schema.get("properties", {}).items()
            )
    return math.inf


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            # More digits than any length has: `int` would refuse thousands of them.
            return int(value[:20]) if value.isdigit() else 0
    return 0


def _detail(limit: int) -> str:
    return f"a body has at most {limit} bytes here"
