"""Logging in."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import CamelModel, Text
from schemas.identity.user import PasswordText

# A login name may be any text that is not empty: an empty form field counts as missing.
LoginText = Annotated[Text, Field(min_length=1, max_length=100, examples=["ada.lovelace"])]


# allow: wire-is-camel - the spelling of RFC 6749, section 4.3.2
class TokenRequest(CamelModel, alias_generator=None):
    """The password grant."""

    grant_type: Literal["password"]
    username: LoginText
    password: PasswordText


# allow: wire-is-camel - the spelling of RFC 6749, section 5.1
class TokenResponse(CamelModel, alias_generator=None):
    """An access token."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int
