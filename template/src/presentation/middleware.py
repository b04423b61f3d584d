"""Middleware for every request. Plain ASGI needs no task and no copy of the body per request."""

import asyncio
import re
import time
from secrets import token_hex

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.errors import AppUnavailableError
from presentation.errors import UNKNOWN, WIRE_MAP, RefusedMessageError, problem_response

# Added to every response that does not set them itself (OWASP REST Security Cheat Sheet, "Security
# Headers"; OWASP HTTP Headers Cheat Sheet). Strict-Transport-Security is left to the proxy that
# terminates TLS, because browsers ignore it without TLS (RFC 6797, section 8.1).
SECURITY_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)

CLIENT_GONE = 499
"""The status in the log if the client disconnected before the response. The number is nginx's."""

# Other characters could be used to forge log lines.
_SAFE_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

_LONGEST_PATH = 256

logger = structlog.get_logger()


class RequestContextMiddleware:
    """The outermost middleware: gives each request an id, and logs its outcome.

    The id is the caller's `X-Request-ID` if that is safe to log. It is sent with the response, as
    the security headers are, and is part of every line that is logged during the request.

    HEAD is supported wherever GET is (RFC 9110, section 9.3.2): the server omits the body. The API
    document does not list HEAD, since it would only repeat GET. Cookies are removed: nothing reads
    them, and Python before 3.11.10 or 3.12.6 takes two seconds to parse a malicious one
    (CVE-2024-7592).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started = time.perf_counter()
        method = scope["method"]
        request_id = b""
        with_cookies = False
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                request_id = value
            elif name == b"cookie":
                with_cookies = True
        if not _SAFE_REQUEST_ID.fullmatch(request_id):
            request_id = token_hex(16).encode()
        if with_cookies:
            scope["headers"] = [field for field in scope["headers"] if field[0] != b"cookie"]
        # The server reports a refusal of the message here, at any time until the body has been
        # read. See `presentation.protocol`.
        told = scope.setdefault("state", {})
        status = 0
        gone = False

        async def receive_unless_refused() -> Message:
            nonlocal gone
            message = await receive()
            if message["type"] == "http.disconnect":
                gone = not status
            elif refusal := told.get("refused"):
                raise refusal
            return message

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", ()))
                given = {name for name, _ in headers}
                headers += [header for header in SECURITY_HEADERS if header[0] not in given]
                headers.append((b"x-request-id", request_id))
                message["headers"] = headers
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id.decode())
        refusal: RefusedMessageError | None = told.get("refused")
        try:
            if refusal:
                answer = problem_response(refusal.row, detail=refusal.detail)
                await answer(scope, receive, send_with_headers)
            else:
                inner = scope if method != "HEAD" else {**scope, "method": "GET"}
                await self.app(inner, receive_unless_refused, send_with_headers)
        finally:
            logger.info(
                "request",
                method=method,
                path=_harmless(scope["path"]),
                status=CLIENT_GONE if gone else status,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )
            structlog.contextvars.clear_contextvars()


class LastWordsMiddleware:
    """Responds to unhandled exceptions, and to requests that the server cancels at shutdown.

    A client that disconnects during a request is not an error.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started = False

        async def send_and_remember(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_remember)
        except ClientDisconnect:
            return
        # allow: no-swallowed-errors - the last handler of unexpected errors; it logs them
        except Exception:
            logger.exception("unhandled error")
            if started:
                raise
            await problem_response(UNKNOWN)(scope, receive, send)
        except asyncio.CancelledError:
            # The server is stopping, and would close the connection without a response.
            if not started:
                stopping = problem_response(
                    WIRE_MAP[AppUnavailableError], detail="the service is stopping"
                )
                await stopping(scope, receive, send)
            raise


def _harmless(path: str) -> str:
    """Return the path, shortened, and escaped if it contains control characters."""
    if len(path) > _LONGEST_PATH:
        path = f"{path[:_LONGEST_PATH]}… ({len(path)} characters)"
    return path if path.isprintable() else ascii(path)
