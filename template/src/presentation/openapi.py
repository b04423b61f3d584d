"""The API document, with every problem that an operation can end in, and the headers of responses.

A route declares what its use case refuses: `responses=problems(AppConflictError)`; one that says
where to find what it has created adds `CREATED`. What follows from the operation's own shape is
declared here.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from application.errors import AppError, AppUnauthorizedError, AppValidationError
from presentation.errors import (
    CONTENT_TOO_LARGE,
    PROBLEM_MEDIA_TYPE,
    UNKNOWN,
    WIRE_MAP,
    WireError,
    codes_by_status,
)
from schemas.base import Problem

CREATED: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": {
            "Location": {
                "description": "The address of what was created.",
                "required": True,
                "schema": {"type": "string", "format": "uri-reference"},
            }
        }
    }
}


class DocumentedAPI(FastAPI):
    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            _add_problem_schemas(document)
            _add_request_id(document)
            for path in document["paths"].values():
                for operation in path.values():
                    _declare_common_problems(operation)
                    _declare_request_id(operation)
        return super().openapi()


def problems(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route, or of a router, that can end in these errors."""
    return dict(_declaration(WIRE_MAP[error]) for error in errors)


def operation_id(route: APIRoute) -> str:
    """Name the operation after its function: `create_user_endpoint` is `createUser` to clients."""
    return to_camel(route.name.removesuffix("_endpoint"))


def _declaration(row: WireError) -> tuple[int | str, dict[str, Any]]:
    schema = {"$ref": f"#/components/schemas/Problem{row.status}"}
    content = {PROBLEM_MEDIA_TYPE: {"schema": schema}}
    headers = {name: {"required": True, "schema": {"type": "string"}} for name in row.headers}
    return row.status, {"description": row.title, "headers": headers, "content": content}


def _declare_common_problems(operation: dict[str, Any]) -> None:
    rows = [UNKNOWN]
    if "requestBody" in operation:
        rows.append(CONTENT_TOO_LARGE)
    if "requestBody" in operation or "parameters" in operation:
        rows.append(WIRE_MAP[AppValidationError])
    if "security" in operation:
        rows.append(WIRE_MAP[AppUnauthorizedError])
    for status, response in map(_declaration, rows):
        operation["responses"][str(status)] = response


def _declare_request_id(operation: dict[str, Any]) -> None:
    for response in operation["responses"].values():
        reference = {"$ref": "#/components/headers/RequestId"}
        response["headers"] = response.get("headers", {}) | {"X-Request-ID": reference}


def _add_request_id(document: dict[str, Any]) -> None:
    document["components"]["headers"] = {
        "RequestId": {
            "description": "Stands in the log. The caller's own, if one was sent and is harmless.",
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
    for status, codes in codes_by_status().items():
        schemas[f"Problem{status}"] = _problem_with(status, codes)


def _problem_with(status: int, codes: list[str]) -> dict[str, Any]:
    """Pin what a problem of this status says, so that clients can tell problems apart by type."""
    pinned = {
        "status": {"type": "integer", "const": status},
        "code": {"type": "string", "enum": codes},
    }
    own = {"type": "object", "properties": pinned, "required": list(pinned)}
    return {"allOf": [{"$ref": "#/components/schemas/Problem"}, own]}
