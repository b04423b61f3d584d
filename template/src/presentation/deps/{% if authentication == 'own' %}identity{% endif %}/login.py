"""Logging in, and who it is that asks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from application.identity.dto.login import AccessToken, LoginInput
from application.identity.dto.user import UserOutput
from application.identity.use_cases.login import authenticate, log_in
from application.sessions import Sessions
from infrastructure.clock import SystemClock
from presentation.deps.identity.adapters import Adapters


@dataclass(frozen=True, slots=True)
class Login:
    """The use cases of a login, bound to what they work with."""

    log_in: Callable[[LoginInput], Awaitable[AccessToken]]
    authenticate: Callable[[str | None], Awaitable[UserOutput]]


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
    )


async def get_login(request: Request) -> Login:
    login: Login = request.app.state.login
    return login


async def get_client_address(request: Request) -> str | None:
    """Return the client's address: behind a proxy, the one that a trusted proxy names."""
    return request.client.host if request.client else None


# A missing token is for `authenticate` to refuse, like any other that proves nothing.
_bearer = OAuth2PasswordBearer(tokenUrl="auth/token", auto_error=False)


async def get_current_user(
    request: Request, token: Annotated[str | None, Depends(_bearer)]
) -> UserOutput:
    """Authenticate. Most requests pass here, and each provider asked for would add to their cost."""
    login: Login = request.app.state.login
    return await login.authenticate(token)


LoginDep = Annotated[Login, Depends(get_login)]
ClientAddressDep = Annotated[str | None, Depends(get_client_address)]
CurrentUserDep = Annotated[UserOutput, Depends(get_current_user)]
