"""Who makes a request, in the lines that are logged during it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from application.actors import Actor


def naming_the_actor(
    authenticate: Callable[[str | None], Awaitable[Actor]],
) -> Callable[[str | None], Awaitable[Actor]]:
    """Return a function that does the same, and adds the actor's id to each later log line of the request.

    So the log says who has changed what (OWASP Logging Cheat Sheet, "Event attributes").
    """

    async def authenticate_and_name(token: str | None) -> Actor:
        actor = await authenticate(token)
        structlog.contextvars.bind_contextvars(actor=actor.id.value)
        return actor

    return authenticate_and_name
