"""A user, as the actor that other contexts know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.actors import Actor, ActorId

if TYPE_CHECKING:
    from application.identity.dto.user import UserOutput

_ADMIN = "admin"


def roles_of(*, is_admin: bool) -> frozenset[str]:
    return frozenset({_ADMIN} if is_admin else ())


def actor(user: UserOutput) -> Actor:
    return Actor(ActorId.from_trusted(str(user.id.value)), roles_of(is_admin=user.is_admin))
