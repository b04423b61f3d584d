"""The fourth stage of an error: the HTTP response.

Every response that is not a success has a problem body (RFC 9457), whether the service, FastAPI or
Starlette raised the error. `WIRE_MAP` has one row for each kind of `AppError`; those of your own
kinds are in `presentation.own_errors`. The code is that of the error itself. An unforeseen error
results in 500: its detail is logged and never sent.
"""

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.routing import iter_route_contexts
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException
from starlette.routing import Match

from application.errors import (
    AppConflictError,
    AppError,
    AppForbiddenError,
    AppNotFoundError,
    AppStaleError,
    AppTooManyRequestsError,
    AppUnauthorizedError,
    AppUnavailableError,
    AppValidationError,
    DomainError,
    RepoError,
    to_app_error,
)
from presentation.own_errors import OWN_WIRE_MAP
from presentation.wire_error import WireError
from schemas.base import InputProblem, Problem

PROBLEM_MEDIA_TYPE = "application/problem+json"

logger = structlog.get_logger()


UNKNOWN = WireError(500, "Unknown", AppError.code)

WIRE_MAP: dict[type[AppError], WireError] = {
    AppError: UNKNOWN,
    AppValidationError: WireError(422, "Unprocessable Content", AppValidationError.code),
    AppUnauthorizedError: WireError(
        401, "Unauthorized", AppUnauthorizedError.code, {"WWW-Authenticate": "Bearer"}
    ),
    AppForbiddenError: WireError(403, "Forbidden", AppForbiddenError.code),
    AppNotFoundError: WireError(404, "Not Found", AppNotFoundError.code),
    AppConflictError: WireError(409, "Conflict", AppConflictError.code),
    AppStaleError: WireError(409, "Conflict", AppStaleError.code),
    AppTooManyRequestsError: WireError(
        429, "Too Many Requests", AppTooManyRequestsError.code, {"Retry-After": "60"}
    ),
    AppUnavailableError: WireError(
        503, "Service Unavailable", AppUnavailableError.code, {"Retry-After": "5"}
    ),
    **OWN_WIRE_MAP,
}

CONTENT_TOO_LARGE = WireError(413, "Content Too Large", "content_too_large")

# `If-Match` names a version that is no longer current (RFC 9110, section 13.1.1), or is missing
# although it is required (RFC 6585, section 3).
PRECONDITION_FAILED = WireError(412, "Precondition Failed", AppStaleError.code)
PRECONDITION_REQUIRED = WireError(428, "Precondition Required", "precondition_required")

# A body can contain a fault every few bytes, and the description of each takes a hundred bytes.
_MOST_FAULTS = 50

# Errors that FastAPI and Starlette raise themselves are mapped by their status, to its first row.
_BY_STATUS = {row.status: row for row in reversed(WIRE_MAP.values())} | {
    405: WireError(405, "Method Not Allowed", "method_not_allowed"),
    413: CONTENT_TOO_LARGE,
    428: PRECONDITION_REQUIRED,
}


class RefusedMessageError(HTTPException):
    """The server refuses a message, for example because it is malformed.

    It is raised, or passed on in the scope: see `presentation.protocol`.
    """

    def __init__(self, row: WireError, detail: str) -> None:
        super().__init__(row.status, detail)
        self.row = row


def wire_error(error: type[AppError]) -> WireError:
    """Return the row of the error's class, or else of its nearest base class that has one."""
    return next(WIRE_MAP[kind] for kind in error.__mro__ if kind in WIRE_MAP)


def install_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(AppError)
    async def app_error_handler(request: Request, exc: AppError) -> Response:
        return _answer(request, exc, cause=exc)

    @app.exception_handler(DomainError)
    async def domain_error_handler(request: Request, exc: DomainError) -> Response:
        return _answer(request, to_app_error(exc), cause=exc)

    @app.exception_handler(RepoError)
    async def repo_error_handler(request: Request, exc: RepoError) -> Response:
        return _answer(request, to_app_error(exc), cause=exc)

    @app.exception_handler(RequestValidationError)
    async def invalid_request_handler(request: Request, exc: RequestValidationError) -> Response:
        return _refuse_shape([_input_problem(error) for error in exc.errors()[:_MOST_FAULTS]])

    @app.exception_handler(ResponseValidationError)
    async def invalid_response_handler(request: Request, exc: ResponseValidationError) -> Response:
        # The text of this exception quotes the response, so it is not logged.
        faults = [f"{error['type']} at {error['loc']}" for error in exc.errors()[:_MOST_FAULTS]]
        logger.error("the response does not have its declared shape", faults=faults)
        return problem_response(UNKNOWN)

    @app.exception_handler(RefusedMessageError)
    async def refused_message_handler(request: Request, exc: RefusedMessageError) -> Response:
        return problem_response(exc.row, detail=exc.detail)

    @app.exception_handler(HTTPException)
    async def http_exception_handler(request: Request, exc: HTTPException) -> Response:
        if exc.status_code == HTTPStatus.BAD_REQUEST:
            # FastAPI responds with 400 to bytes that are not UTF-8, numbers of thousands of digits
            # and deeply nested arrays, but with 422 to broken JSON. Here all of them get 422.
            return _refuse_shape(
                [InputProblem(code="unreadable", detail="the body cannot be read", pointer="#")]
            )
        row = _BY_STATUS.get(exc.status_code) or WireError(
            exc.status_code, HTTPStatus(exc.status_code).phrase, f"http_{exc.status_code}"
        )
        headers = dict(exc.headers or {})
        if exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = _allowed_methods(request)
        if request.method == "OPTIONS" and ("Allow" in headers or request.scope["path"] == "*"):
            return Response(status_code=204, headers=headers)
        return problem_response(row, detail=exc.detail, headers=headers)


def problem_response(
    row: WireError,
    *,
    code: str | None = None,
    detail: str | None = None,
    errors: list[InputProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the problem response. A 500 contains only what the row says, no detail."""
    if row.status == UNKNOWN.status:
        code = detail = errors = None
    problem = Problem(
        title=row.title, status=row.status, code=code or row.code, detail=detail, errors=errors
    )
    return Response(
        problem.model_dump_json(by_alias=True, exclude_none=True),
        status_code=row.status,
        headers={**row.headers, **(headers or {})},
        media_type=PROBLEM_MEDIA_TYPE,
    )


def _answer(request: Request, error: AppError, *, cause: Exception) -> Response:
    row = wire_error(type(error))
    if row is UNKNOWN:
        logger.error("app error", code=error.code, exc_info=cause)
    elif row.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("app error", code=error.code, cause=repr(cause.__cause__ or cause))
    headers = {}
    if isinstance(error, AppTooManyRequestsError):
        # RFC 9110, section 10.2.3: whole seconds.
        headers["Retry-After"] = str(math.ceil(error.retry_after.total_seconds()))
    if isinstance(error, AppStaleError) and "if-match" in request.headers:
        row = PRECONDITION_FAILED
    if isinstance(error, AppValidationError):
        # Each fault is listed with its own code, so the problem itself keeps the general one.
        return problem_response(row, detail=error.detail, errors=_input_problems(request, error))
    errors = _input_problems(request, error) if error.path else None
    return problem_response(
        row, code=error.code, detail=error.detail, errors=errors, headers=headers
    )


def _input_problems(request: Request, error: AppError) -> list[InputProblem]:
    route = request.scope.get("route")  # none if the error is that of a middleware
    has_body = route is not None and route.body_field is not None
    return [
        InputProblem(code=fault.code, detail=fault.detail, pointer=_pointer(fault.path))
        if has_body
        else InputProblem(code=fault.code, detail=fault.detail, parameter=_parameter(fault.path))
        for fault in error.faults[:_MOST_FAULTS]
    ]


def _pointer(path: Sequence[str | int]) -> str:
    return "#" + "".join(f"/{_on_the_wire(part)}" for part in path)


def _parameter(path: Sequence[str | int]) -> str:
    return ".".join(map(_on_the_wire, path))


def _on_the_wire(part: str | int) -> str:
    return to_camel(part) if isinstance(part, str) else str(part)


def _refuse_shape(errors: list[InputProblem]) -> Response:
    return problem_response(
        WIRE_MAP[AppValidationError],
        detail="the request does not have the expected shape",
        errors=errors,
    )


def _allowed_methods(request: Request) -> str:
    """Return the methods of all routes with this path (RFC 9110, 15.5.6), not only of the first."""
    matching = (
        route.methods
        for route in iter_route_contexts(request.scope.get("routes", request.app.routes))
        if route.methods and route.matches(request.scope)[0] is not Match.NONE
    )
    methods = {"OPTIONS"}.union(*matching)
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


def _input_problem(error: dict[str, Any]) -> InputProblem:
    """Locate the fault as in RFC 9457, section 3: with a JSON Pointer (RFC 6901) into the body."""
    source, *path = error["loc"]
    code, detail = error["type"], error["msg"]
    if source != "body":
        return InputProblem(code=code, detail=detail, parameter=".".join(map(str, path)))
    if code == "json_invalid":
        return InputProblem(code=code, detail="the body is not JSON", pointer="#")
    escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    pointer = "#" + "".join(f"/{part}" for part in escaped)
    return InputProblem(code=code, detail=detail, pointer=pointer)
