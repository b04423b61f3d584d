"""Mapping a user to the actor that other contexts know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.actors import Actor, ActorId
from application.permissions import ADMIN

if TYPE_CHECKING:
    from application.identity.dto.user import UserOutput


def actor_of(user: UserOutput) -> Actor:
    roles = {*user.roles, ADMIN} if user.is_admin else user.roles
    return Actor(ActorId.from_trusted(str(user.id.value)), frozenset(roles))
