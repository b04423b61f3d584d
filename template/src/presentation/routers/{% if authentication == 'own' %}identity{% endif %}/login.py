"""Logging in."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from application.errors import AppUnavailableError
from application.identity.dto.login import LoginInput
from application.identity.refusals.user import TooManyLoginsError, WrongCredentialsError
from presentation.deps.identity.login import ClientAddressDep, LoginDep
from presentation.openapi import problems
from schemas.identity.login import TokenRequest, TokenResponse

router = APIRouter(tags=["identity"], responses=problems(AppUnavailableError))


@router.post("/auth/token", responses=problems(WrongCredentialsError, TooManyLoginsError))
async def log_in_endpoint(
    form: Annotated[TokenRequest, Form()],
    address: ClientAddressDep,
    response: Response,
    login: LoginDep,
) -> TokenResponse:
    """Exchange a username and a password for an access token."""
    data = LoginInput(username=form.username, password=form.password, address=address)
    result = await login.log_in(data)
    response.headers["Cache-Control"] = "no-store"  # RFC 6749, section 5.1
    return TokenResponse.from_output(result)
