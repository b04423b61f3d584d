"""The size limit of request bodies, derived from the schema that the route declares."""

import json
import math
from typing import Annotated, Any

from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from presentation.errors import CONTENT_TOO_LARGE, problem_response

# The maximum number of bytes of each:
_CHARACTER = 12  # "\ud83d\ude00" in JSON, "%F0%9F%98%80" in a form
_TOKEN = 64  # a number, `false`, `null`, a date, a UUID
_OVERHEAD = 200  # quotes, comma and indentation, or the header of one part of a form
_SHORT_FORMATS = {"date", "date-time", "duration", "time", "uuid"}


class BodyLimitMiddleware:
    """Refuses a body that is too long: by its declared length, or else while it is received.

    The limit of a route follows from the schema of its body, because the body is parsed before any
    other check, and parsing costs many times as much as a refusal.
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
        key = id(route)  # routes are not hashable, and live as long as the application
        if key not in self.max_bytes_of:
            self.max_bytes_of[key] = int(min(self.max_bytes, most_bytes(route)))
        return self.max_bytes_of[key]


def most_bytes(route: APIRoute) -> float:
    """Return the maximum size of a body that matches the route's schema.

    It is infinity if the schema has no bound, such as a text without `max_length`, or if the route
    declares no body, since it may read the body by itself.
    """
    if route.body_field is None:
        return math.inf
    field = route.body_field.field_info
    declared: Any = Annotated[field.annotation, field]
    schema = TypeAdapter(declared).json_schema()
    return _most(schema, schema.get("$defs", {})) + _OVERHEAD


def _most(schema: dict[str, Any], definitions: dict[str, Any]) -> float:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        # A definition cannot refer to itself here, so that a recursive schema has no bound.
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
            first = [_most(item, definitions) + _OVERHEAD for item in schema.get("prefixItems", ())]
            more = float(schema.get("maxItems", math.inf)) - len(first)
            return sum(first) + (
                more * (_most(schema["items"], definitions) + _OVERHEAD) if more else 0
            )
        case "object" if not schema.get("additionalProperties"):
            return sum(
                len(name) * _CHARACTER + _most(value, definitions) + _OVERHEAD
                for name, value in schema.get("properties", {}).items()
            )
    return math.inf


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            # 20 digits are enough for any length; `int` raises an error for thousands of them.
            return int(value[:20]) if value.isdigit() else 0
    return 0


def _detail(limit: int) -> str:
    return f"a body has at most {limit} bytes here"
