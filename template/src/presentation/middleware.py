"""What happens around every request. Plain ASGI: no task and no copy of the body per request."""

import asyncio
import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.errors import AppUnavailableError
from presentation.errors import CONTENT_TOO_LARGE, UNKNOWN, WIRE_MAP, problem_response

# For every response that does not say otherwise (OWASP REST Security Cheat Sheet, "Security
# Headers"; OWASP HTTP Headers Cheat Sheet). Strict-Transport-Security is not among them: browsers
# ignore it where there is no TLS (RFC 6797, section 8.1), so it is for whoever terminates TLS.
SECURITY_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)

# Anything else could forge lines in a log.
_SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

logger = structlog.get_logger()


class RequestContextMiddleware:
    """Gives each request an id, logs how it ended, and answers for what nobody caught.

    The id is the caller's `X-Request-ID` if it is harmless. It goes out with the response, as the
    security headers do, and stands in every line that is logged meanwhile.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        request_id = _request_id(scope)
        status = 0
        started = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = dict(message.get("headers", ()))
                message["headers"] = [
                    *message.get("headers", ()),
                    *(header for header in SECURITY_HEADERS if header[0] not in given),
                    (b"x-request-id", request_id.encode("ascii")),
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_headers)
            # allow: no-swallowed-errors - this is where all errors end that nobody has expected
            except Exception:
                logger.exception("unhandled error")
                if status:
                    raise
                await problem_response(UNKNOWN)(scope, receive, send_with_headers)
            except asyncio.CancelledError:
                # The server stops and has waited long enough. It would cut the connection.
                if not status:
                    stopping = problem_response(
                        WIRE_MAP[AppUnavailableError], detail="the service is stopping"
                    )
                    await stopping(scope, receive, send_with_headers)
                raise
            finally:
                logger.info(
                    "request",
                    method=scope["method"],
                    path=_harmless(scope["path"]),
                    status=status,
                    duration_ms=round((time.perf_counter() - started) * 1000, 1),
                )


class BodyLimitMiddleware:
    """Refuses a request body that is too long: by its declared length, or as soon as it shows.

    What is declared too long is not read at all. FastAPI's own `max_body_size` does the same but
    answers in plain text.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.detail = f"a body has at most {max_bytes} bytes"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        if _declared_length(scope) > self.max_bytes:
            await problem_response(CONTENT_TOO_LARGE, detail=self.detail)(scope, receive, send)
            return

        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise HTTPException(CONTENT_TOO_LARGE.status, self.detail)
            return message

        await self.app(scope, receive_within_limit, send)


def _declared_length(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "")
    # More digits than any length has: `int` would refuse thousands of them.
    return int(declared[:20]) if declared.isdecimal() else 0


def _harmless(path: str) -> str:
    """Return the path without what would move a terminal's cursor."""
    return path if path.isprintable() else ascii(path)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _SAFE_REQUEST_ID.fullmatch(given) else uuid4().hex
