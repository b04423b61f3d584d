"""What happens around every request. Plain ASGI: no task and no copy of the body per request."""

import asyncio
import re
import time
from secrets import token_hex

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.errors import AppUnavailableError
from presentation.errors import UNKNOWN, WIRE_MAP, RefusedMessageError, problem_response

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

CLIENT_GONE = 499
"""What the log calls the status of an answer that nobody waited for. The number is nginx's."""

# Anything else could forge lines in a log.
_SAFE_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

_LONGEST_PATH = 256

logger = structlog.get_logger()


class RequestContextMiddleware:
    """The outermost layer: gives each request an id, and logs how it ended.

    The id is the caller's `X-Request-ID` if it is harmless. It goes out with the response, as the
    security headers do, and stands in every line that is logged meanwhile.

    HEAD is answered wherever GET is (RFC 9110, section 9.3.2): the server leaves the body out. The
    API document does not list it, since it says nothing that GET does not. Cookies are left out:
    nothing here reads them, and Python before 3.11.10 takes two seconds to read one that was made
    for it (CVE-2024-7592).
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
        # The server tells here, at any time until the body has been read, what is wrong with the
        # message. See `presentation.protocol`.
        told = scope.setdefault("state", {})
        status = 0
        gone = False

        async def receive_what_is_right() -> Message:
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

        bound = structlog.contextvars.bind_contextvars(request_id=request_id.decode())
        refusal: RefusedMessageError | None = told.get("refused")
        try:
            if refusal:
                answer = problem_response(refusal.row, detail=refusal.detail)
                await answer(scope, receive, send_with_headers)
            else:
                inner = scope if method != "HEAD" else {**scope, "method": "GET"}
                await self.app(inner, receive_what_is_right, send_with_headers)
        finally:
            logger.info(
                "request",
                method=method,
                path=_harmless(scope["path"]),
                status=CLIENT_GONE if gone else status,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )
            structlog.contextvars.reset_contextvars(**bound)


class LastWordsMiddleware:
    """Answers for what nobody caught, and for requests that the server gives up.

    A client that goes away in the middle is nobody's error.
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
        # allow: no-swallowed-errors - this is where all errors end that nobody has expected
        except Exception:
            logger.exception("unhandled error")
            if started:
                raise
            await problem_response(UNKNOWN)(scope, receive, send)
        except asyncio.CancelledError:
            # The server stops and has waited long enough. It would cut the connection.
            if not started:
                stopping = problem_response(
                    WIRE_MAP[AppUnavailableError], detail="the service is stopping"
                )
                await stopping(scope, receive, send)
            raise


def _harmless(path: str) -> str:
    """Return the path without what would fill a log, or move a terminal's cursor."""
    if len(path) > _LONGEST_PATH:
        path = f"{path[:_LONGEST_PATH]}… ({len(path)} characters)"
    return path if path.isprintable() else ascii(path)
