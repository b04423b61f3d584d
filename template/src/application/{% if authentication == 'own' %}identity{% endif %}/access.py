"""Loading the users that a use case works on, and checking that the actor is still active."""

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
    """Return the id of the user who acts. In this service, every actor is a user."""
    return UserId.parse(actor.id.value)


def actor_id_of(user_id: UserId) -> ActorId:
    return ActorId.from_trusted(str(user_id.value))


async def require_user(session: AsyncSession, users: UserRepository, user_id: UserId) -> User:
    """Return the user.

    Raises:
        UserNotFoundError: no user has this id.
    """
    user = await users.find_by_id(session, user_id)
    if user is None:
        raise UserNotFoundError
    return user


async def require_active_actor(session: AsyncSession, users: UserRepository, actor: Actor) -> User:
    """Load the actor's user again: they may have been deactivated since `authenticate`.

    Changes after this point are detected by the user's version.

    Raises:
        UserNotFoundError: the user no longer exists.
        AppUnauthorizedError: the user was deactivated.
    """
    user = await require_user(session, users, user_id_of(actor))
    if not user.can_login():
        raise AppUnauthorizedError
    return user


async def lock_user_as_admin(
    session: WriteSession, users: UserRepository, actor: Actor, user_id: UserId
) -> User:
    """Lock the admin and the user, and make sure that the admin is still active.

    No other transaction can change either of them before this one ends. So if two admins deactivate
    each other at the same time, the second one is refused. All transactions lock in the same order,
    because they could deadlock otherwise.

    Raises:
        AppUnauthorizedError: the admin was deactivated in the meantime.
        UserNotFoundError: no user has this id.
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
