"""Mapping a user to its output, because entities never leave the application layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.identity.dto.user import UserOutput

if TYPE_CHECKING:
    from domain.identity.user import User


def user_output(user: User) -> UserOutput:
    return UserOutput(
        id=user.id,
        username=user.username.value,
        email=user.email.value,
        is_admin=user.is_admin,
        is_active=user.is_active,
        roles=[role.value for role in sorted(user.roles)],
        created_at=user.created_at,
        updated_at=user.updated_at,
        version=user.version,
    )
