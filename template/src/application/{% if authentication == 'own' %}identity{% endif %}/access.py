"""The users that a use case is about, found as the actor may find them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.actors import ActorId
from application.errors import AppUnauthorizedError
from application.identity.refusals.user import UserNotFoundError
from domain.identity.value_objects.user import UserId

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from application.actors import Actor
    from application.identity.ports.user_repo import UserRepository
    from application.sessions import WriteSession
    from domain.identity.user import User


def user_id_of(actor: Actor) -> UserId:
    """Return the user who acts: here, every actor is one."""
    return UserId.parse(actor.id.value)


def actor_id_of(user_id: UserId) -> ActorId:
    return ActorId.from_trusted(str(user_id.value))


async def require_user(session: AsyncSession, users: UserRepository, user_id: UserId) -> User:
    """Return the user.

    Raises:
        UserNotFoundError: nobody has this id.
    """
    user = await users.find_by_id(session, user_id)
    if user is None:
        raise UserNotFoundError
    return user


async def require_active_actor(session: AsyncSession, users: UserRepository, actor: Actor) -> User:
    """Read the actor's user again: they may have been deactivated since `authenticate`.

    Whether they change from here on is told by their version.

    Raises:
        UserNotFoundError: they are gone.
        AppUnauthorizedError: they were deactivated.
    """
    user = await require_user(session, users, user_id_of(actor))
    if not user.can_login():
        raise AppUnauthorizedError
    return user


async def lock_user_as_admin(
    session: WriteSession, users: UserRepository, actor: Actor, user_id: UserId
) -> User:
    """Lock the admin and the user, and make sure that the admin may still act.

    Nobody else changes either of them before the transaction ends. So of two admins who deactivate
    each other at the same time, the second is refused. Both lock in the same order, because they
    would otherwise wait for each other.

    Raises:
        AppUnauthorizedError: the admin was deactivated meanwhile.
        UserNotFoundError: nobody has this id.
    """
    admin_id = user_id_of(actor)
    both = sorted({admin_id, user_id}, key=lambda each: each.value)
    locked = {each: await users.lock(session, each) for each in both}
    admin, user = locked[admin_id], locked[user_id]
    if admin is None or not admin.can_login():
        raise AppUnauthorizedError
    if user is None:
        raise UserNotFoundError
    return user
