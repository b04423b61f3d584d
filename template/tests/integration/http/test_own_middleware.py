"""Middleware of your own stands between that of the template and the routes."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from application.errors import AppForbiddenError, AppValidationError
from domain.shared import Fault
from infrastructure.config import Settings
from presentation import app as application

Action = Callable[[Request], Awaitable[None]]


class ActingMiddleware:
    def __init__(self, app: ASGIApp, action: Action) -> None:
        self.app = app
        self.action = action

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.action(Request(scope, receive))
        await self.app(scope, receive, send)


Answer = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def answer(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Return the response of a service whose own middleware does this."""

    async def answer(
        *actions: Action, content: AsyncIterator[bytes] | None = None
    ) -> httpx.Response:
        middleware = [Middleware(ActingMiddleware, action) for action in actions]
        monkeypatch.setattr(application, "own_middleware", lambda settings: middleware)
        app = application.create_app(settings.model_copy(update={"max_body_bytes": 200}))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.request("GET", "/health/live", content=content)

    return answer


async def refuse(request: Request) -> None:
    raise AppForbiddenError("not on Sundays")


async def read(request: Request) -> None:
    await request.body()


async def test_its_error_becomes_a_response_with_an_id(answer: Answer) -> None:
    response = await answer(refuse)

    assert (response.status_code, response.json()["detail"]) == (403, "not on Sundays")
    assert response.headers["x-request-id"]


async def test_it_may_refuse_input_that_belongs_to_no_route(answer: Answer) -> None:
    async def check(request: Request) -> None:
        raise AppValidationError(faults=[Fault("unknown", "no such tenant", ("tenant_id",))])

    response = await answer(check)

    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"code": "unknown", "detail": "no such tenant", "parameter": "tenantId"}
    ]


async def test_it_cannot_be_made_to_read_an_endless_body(answer: Answer) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100

    response = await answer(read, content=endless())

    assert (response.status_code, response.json()["code"]) == (413, "content_too_large")


async def test_the_first_is_the_outermost(answer: Answer) -> None:
    seen: list[str] = []

    async def first(request: Request) -> None:
        seen.append("first")

    async def second(request: Request) -> None:
        seen.append("second")

    response = await answer(first, second)

    assert response.status_code == 200
    assert seen == ["first", "second"]
