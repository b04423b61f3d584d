"""Mapping a user to the actor that other contexts know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.actors import Actor, ActorId
from application.permissions import ADMIN

if TYPE_CHECKING:
    from application.identity.dto.user import UserOutput


def roles_of(*, is_admin: bool) -> frozenset[str]:
    return frozenset({ADMIN} if is_admin else ())


def actor_of(user: UserOutput) -> Actor:
    return Actor(ActorId.from_trusted(str(user.id.value)), roles_of(is_admin=user.is_admin))
