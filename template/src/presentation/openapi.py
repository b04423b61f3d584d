"""The API document, with all problems that an operation can return, and all response headers.

A route declares the refusals of its use case: `responses=problems(OrderNotFoundError)`. One that
creates a resource and returns its address adds `CREATED`. One that returns a resource with its
version adds `VERSIONED`; see `presentation.preconditions`. Everything that follows from the
parameters, the body and the security of an operation is declared here.
"""

from typing import Any, Protocol

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel, to_snake

from application.errors import (
    AppConflictError,
    AppError,
    AppStaleError,
    AppUnauthorizedError,
    AppValidationError,
    DomainConflictError,
)
from presentation.errors import (
    CONTENT_TOO_LARGE,
    PRECONDITION_FAILED,
    PRECONDITION_REQUIRED,
    PROBLEM_MEDIA_TYPE,
    UNKNOWN,
    WIRE_MAP,
    wire_error,
)
from presentation.wire_error import WireError
from schemas.base import Problem

_LOCATION = {
    "description": "The address of the new resource.",
    "required": True,
    "schema": {"type": "string", "format": "uri-reference"},
}
_ETAG = {
    "description": "The version of the resource, for `If-Match` and `If-None-Match`.",
    "required": True,
    "schema": {"type": "string"},
}
CREATED: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": _LOCATION, "ETag": _ETAG}}
}
_PERMISSION = "x-permission"
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of a known version. If it is current, the response has no body.",
    "required": False,
    "schema": {"type": "string"},
}
VERSIONED: dict[int | str, dict[str, Any]] = {200: {"headers": {"ETag": _ETAG}}}


class Permitted(Protocol):
    """A permission: a text that says who has it, and the refusal for everybody else."""

    @property
    def text(self) -> str: ...

    @property
    def refusal(self) -> type[AppError]: ...


class DocumentedAPI(FastAPI):
    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            _add_problem_schemas(document)
            _add_request_id(document)
            for path in document["paths"].values():
                for method, operation in path.items():
                    _summarise(operation)
                    _title_parameters(operation)
                    _declare_common_problems(operation)
                    _declare_preconditions(method, operation)
                    _describe_permission(operation)
                    _declare_request_id(operation)
        return super().openapi()


def problems(
    *refusals: type[AppError] | type[DomainConflictError] | Permitted,
) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route, or of a router, that can end in these refusals.

    A permission adds its refusal, and its text is appended to the route's description.
    """
    responses: dict[int | str, dict[str, Any]] = {}
    for each in refusals:
        refusal = each if isinstance(each, type) else each.refusal
        kind = AppConflictError if issubclass(refusal, DomainConflictError) else refusal
        _declare(responses, wire_error(kind), refusal.code)
        if not isinstance(each, type):
            responses[wire_error(kind).status][_PERMISSION] = each.text
    return responses


def operation_id(route: APIRoute) -> str:
    """Name the operation after its function: `create_user_endpoint` is `createUser` to clients."""
    return to_camel(route.name.removesuffix("_endpoint"))


def _declare(responses: dict[Any, dict[str, Any]], row: WireError, code: str) -> None:
    """Add the code to the codes that a response with this status may have.

    The status is an integer key in a route, and a string key in the document.
    """
    before = responses.get(row.status) or responses.get(str(row.status)) or {}
    key = row.status if all(isinstance(key, int) for key in responses) else str(row.status)
    codes = sorted({code, *declared_codes(before)})
    own = {"properties": {"code": {"enum": codes}}}
    schema = {"allOf": [{"$ref": f"#/components/schemas/Problem{row.status}"}, own]}
    responses[key] = {
        **{name: text for name, text in before.items() if name == _PERMISSION},
        "description": row.title,
        "headers": {name: {"required": True, "schema": {"type": "string"}} for name in row.headers},
        "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}},
    }


def declared_codes(response: dict[str, Any]) -> list[str]:
    """Return the problem codes that this response may have."""
    try:
        schema = response["content"][PROBLEM_MEDIA_TYPE]["schema"]
        codes: list[str] = schema["allOf"][1]["properties"]["code"]["enum"]
    except KeyError:
        return []
    return codes


def _summarise(operation: dict[str, Any]) -> None:
    """Make "Create user" of FastAPI's "Create User Endpoint". A summary of your own stays."""
    if operation["summary"].endswith(" Endpoint"):
        operation["summary"] = operation["summary"].removesuffix(" Endpoint").capitalize()


def _title_parameters(operation: dict[str, Any]) -> None:
    """Make "User id" of FastAPI's "Userid", for `userId`. A title of your own stays."""
    for parameter in operation.get("parameters", []):
        name, schema = parameter["name"], parameter["schema"]
        if parameter["in"] != "header" and schema.get("title") == name.title():
            schema["title"] = to_snake(name).replace("_", " ").capitalize()


def _declare_common_problems(operation: dict[str, Any]) -> None:
    rows = [UNKNOWN]
    if "requestBody" in operation:
        rows.append(CONTENT_TOO_LARGE)
    if "requestBody" in operation or "parameters" in operation:
        rows.append(WIRE_MAP[AppValidationError])
    if "security" in operation:
        rows.append(WIRE_MAP[AppUnauthorizedError])
    operation["responses"].pop("422", None)  # FastAPI's own
    for row in rows:
        _declare(operation["responses"], row, row.code)


def _describe_permission(operation: dict[str, Any]) -> None:
    texts = [response.pop(_PERMISSION, "") for response in operation["responses"].values()]
    if permitted := " ".join(filter(None, texts)):
        operation["description"] = f"{operation.get('description', '')}\n\n{permitted}".strip()


def _declare_preconditions(method: str, operation: dict[str, Any]) -> None:
    parameters = {parameter["name"]: parameter for parameter in operation.get("parameters", [])}
    if if_match := parameters.get("If-Match"):
        _declare(operation["responses"], PRECONDITION_FAILED, PRECONDITION_FAILED.code)
        if if_match["schema"].pop("x-required", False):
            if_match["required"] = True
            _declare(operation["responses"], PRECONDITION_REQUIRED, PRECONDITION_REQUIRED.code)
        else:
            stale = WIRE_MAP[AppStaleError]
            _declare(operation["responses"], stale, stale.code)
    if method == "get" and "ETag" in operation["responses"].get("200", {}).get("headers", {}):
        operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
        operation["responses"]["304"] = {
            "description": "Not Modified",
            "headers": {"ETag": _ETAG},
        }


def _declare_request_id(operation: dict[str, Any]) -> None:
    for response in operation["responses"].values():
        reference = {"$ref": "#/components/headers/RequestId"}
        response["headers"] = response.get("headers", {}) | {"X-Request-ID": reference}


def _add_request_id(document: dict[str, Any]) -> None:
    document["components"]["headers"] = {
        "RequestId": {
            "description": "The id of the request in the log: the caller's own, if it consists of"
            " at most 64 letters, digits, dots, underscores and hyphens.",
            "required": True,
            "schema": {"type": "string"},
        }
    }


def _add_problem_schemas(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"), Problem=problem)
    rows = [*WIRE_MAP.values(), CONTENT_TOO_LARGE, PRECONDITION_FAILED, PRECONDITION_REQUIRED]
    for status in sorted({row.status for row in rows}):
        schemas[f"Problem{status}"] = _problem_with(status)


def _problem_with(status: int) -> dict[str, Any]:
    """Return the schema of a problem with this status, so that each status has its own type."""
    own = {
        "type": "object",
        "properties": {"status": {"type": "integer", "const": status}},
        "required": ["status"],
    }
    return {"allOf": [{"$ref": "#/components/schemas/Problem"}, own]}
