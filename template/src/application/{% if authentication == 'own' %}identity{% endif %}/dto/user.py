"""The inputs and outputs of the use cases for users."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.identity.value_objects.user import UserId


@dataclass(frozen=True, slots=True)
class CreateUserInput:
    username: str
    email: str
    password: str = field(repr=False)
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class ChangeUsernameInput:
    username: str


@dataclass(frozen=True, slots=True)
class ChangeEmailInput:
    email: str
    current_password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangePasswordInput:
    current_password: str = field(repr=False)
    new_password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AssignRolesInput:
    roles: Sequence[str]


@dataclass(frozen=True, slots=True)
class UserOutput:
    id: UserId
    username: str
    email: str
    is_admin: bool
    is_active: bool
    roles: Sequence[str]
    created_at: datetime
    updated_at: datetime | None
    version: int
