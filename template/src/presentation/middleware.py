"""What happens around every request. Plain ASGI: no task and no copy of the body per request."""

import asyncio
import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.errors import AppUnavailableError
from presentation.errors import CONTENT_TOO_LARGE, UNKNOWN, WIRE_MAP, problem_response

REQUEST_ID_HEADER = "X-Request-ID"

# Anything else could forge lines in a log.
_SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

logger = structlog.get_logger()


class RequestContextMiddleware:
    """Gives each request an id, logs how it ended, and answers for what nobody caught.

    The id is the caller's `X-Request-ID` if it is harmless. It goes out with the response and
    stands in every line that is logged meanwhile.
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

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception:
                logger.exception("unhandled error")
                if status:
                    raise
                await problem_response(UNKNOWN)(scope, receive, send_with_id)
            except asyncio.CancelledError:
                # The server stops and has waited long enough. It would cut the connection.
                if not status:
                    stopping = problem_response(
                        WIRE_MAP[AppUnavailableError], detail="the service is stopping"
                    )
                    await stopping(scope, receive, send_with_id)
                raise
            finally:
                logger.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    duration_ms=round((time.perf_counter() - started) * 1000, 1),
                )


class BodyLimitMiddleware:
    """Refuses a request body that is too long: by its declared length, or as soon as it shows.

    FastAPI's own `max_body_size` does the same but answers in plain text.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self.max_bytes:
            await problem_response(CONTENT_TOO_LARGE)(scope, receive, send)
            return

        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise HTTPException(CONTENT_TOO_LARGE.status)
            return message

        await self.app(scope, receive_within_limit, send)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
    return given if _SAFE_REQUEST_ID.fullmatch(given) else uuid4().hex
