"""What goes into a login, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from domain.identity.value_objects.user import UserId


@dataclass(frozen=True, slots=True)
class LoginInput:
    """`address` is where the caller is, or None if that is not known."""

    username: str
    password: str = field(repr=False)
    address: str | None = None


@dataclass(frozen=True, slots=True)
class AccessToken:
    """`expires_in` counts seconds from the moment of issue."""

    access_token: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a token says of its bearer."""

    user_id: UserId
    credentials_version: int


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """How many attempts may be made in a window, which starts with the first. 0 is no limit."""

    per_account: int
    per_account_and_client: int
    per_client: int
    window: timedelta
