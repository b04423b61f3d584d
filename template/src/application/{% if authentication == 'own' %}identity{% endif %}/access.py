"""Who may do what with users, and finding the users that a use case is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import AppForbiddenError, AppUnauthorizedError
from application.identity.refusals import UserNotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from application.identity.dto.user import UserOutput
    from application.identity.ports.user_repo import UserRepository
    from application.sessions import WriteSession
    from domain.identity.user import User
    from domain.identity.value_objects.user import UserId


def require_admin(actor: UserOutput) -> None:
    if not actor.is_admin:
        raise AppForbiddenError("only an admin may do this")


async def require_user(session: AsyncSession, users: UserRepository, user_id: UserId) -> User:
    user = await users.find_by_id(session, user_id)
    if user is None:
        raise UserNotFoundError
    return user


async def require_active_actor(
    session: AsyncSession, users: UserRepository, actor: UserOutput
) -> User:
    """Read the actor again: they may have been deactivated since `authenticate`.

    Whether they change from here on is told by their version.
    """
    user = await require_user(session, users, actor.id)
    if not user.can_login():
        raise AppUnauthorizedError
    return user


async def lock_user_as_admin(
    session: WriteSession, users: UserRepository, actor: UserOutput, user_id: UserId
) -> User:
    """Lock the admin and the user, and make sure that the admin has not been deactivated meanwhile.

    Nobody else changes either of them before the transaction ends. So of two admins who deactivate
    each other at the same time, the second is refused. Both lock in the same order, because they
    would otherwise wait for each other.
    """
    both = sorted({actor.id, user_id}, key=lambda each: each.value)
    locked = {each: await users.lock(session, each) for each in both}
    admin, user = locked[actor.id], locked[user_id]
    if admin is None or not admin.can_login():
        raise AppUnauthorizedError
    if user is None:
        raise UserNotFoundError
    return user
