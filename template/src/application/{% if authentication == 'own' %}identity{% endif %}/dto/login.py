"""The inputs and outputs of a login."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from domain.identity.value_objects.user import UserId


@dataclass(frozen=True, slots=True)
class LoginInput:
    """`address` is the address of the client, or None if it is unknown."""

    username: str
    password: str = field(repr=False)
    address: str | None = None


@dataclass(frozen=True, slots=True)
class AccessToken:
    """`expires_in` is the lifetime in seconds, from the time of issue."""

    access_token: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """The claims of a token about its bearer."""

    user_id: UserId
    credentials_version: int


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """The limits on attempts in a window, which starts with the first attempt. 0 is unlimited."""

    per_account: int
    per_account_and_client: int
    per_client: int
    window: timedelta
