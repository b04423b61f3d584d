"""Logging in, and authenticating the caller."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Request

from application.actors import Actor
from application.identity.dto.login import AccessToken, LoginInput
from application.identity.dto.user import UserOutput
from application.identity.use_cases.login import authenticate, get_own_account, log_in
from application.sessions import Sessions
from infrastructure.clock import SystemClock
from presentation.deps.identity.adapters import Adapters


@dataclass(frozen=True, slots=True)
class Login:
    """The use cases of logging in, bound to their dependencies."""

    log_in: Callable[[LoginInput], Awaitable[AccessToken]]
    authenticate: Callable[[str | None], Awaitable[Actor]]
    get_own_account: Callable[[str | None], Awaitable[UserOutput]]


def bind_login(sessions: Sessions, adapters: Adapters) -> Login:
    return Login(
        log_in=partial(
            log_in,
            autocommit_sessions=sessions.autocommit,
            users=adapters.users,
            throttle=adapters.throttle,
            hasher=adapters.hasher,
            tokens=adapters.tokens,
            clock=SystemClock(),
        ),
        authenticate=partial(
            authenticate,
            read_sessions=sessions.read,
            users=adapters.users,
            tokens=adapters.tokens,
        ),
        get_own_account=partial(
            get_own_account,
            read_sessions=sessions.read,
            users=adapters.users,
            tokens=adapters.tokens,
        ),
    )


async def get_login(request: Request) -> Login:
    login: Login = request.app.state.login
    return login


async def get_client_address(request: Request) -> str | None:
    """Return the client's address. Behind a trusted proxy, it is the one that the proxy reports."""
    return request.client.host if request.client else None


LoginDep = Annotated[Login, Depends(get_login)]
ClientAddressDep = Annotated[str | None, Depends(get_client_address)]
