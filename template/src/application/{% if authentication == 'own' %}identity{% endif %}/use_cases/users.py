"""Reading users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.identity.access import actor_id_of, require_user
from application.identity.dto_map.user import user_output
from application.identity.permissions.user import LIST_USERS, READ_USER
from application.paging import Page, Slice

if TYPE_CHECKING:
    from application.actors import Actor
    from application.identity.dto.user import UserOutput
    from application.identity.ports.user_repo import UserRepository
    from application.paging import PageParams, SliceParams
    from application.sessions import ReadSessions
    from domain.identity.value_objects.user import UserId


async def get_user(
    actor: Actor, user_id: UserId, *, read_sessions: ReadSessions, users: UserRepository
) -> UserOutput:
    """Return a user. Only the user themselves and admins may see it.

    Raises:
        UserNotFoundError: the user does not exist, or the actor may not see them.
    """
    READ_USER.require(actor, owner=actor_id_of(user_id))
    async with read_sessions() as session:
        return user_output(await require_user(session, users, user_id))


async def list_users(
    actor: Actor, params: PageParams, *, read_sessions: ReadSessions, users: UserRepository
) -> Page[UserOutput]:
    """Return one page of the users, oldest first. Only for admins.

    Raises:
        AppForbiddenError: the actor is not an admin.
    """
    LIST_USERS.require(actor)
    async with read_sessions() as session:
        items, total = await users.list(session, params)
    return Page(items=[user_output(user) for user in items], total=total)


async def scroll_users(
    actor: Actor,
    params: SliceParams[UserId],
    *,
    read_sessions: ReadSessions,
    users: UserRepository,
) -> Slice[UserOutput, UserId]:
    """Return one slice of the users, oldest first. Only for admins.

    Raises:
        AppForbiddenError: the actor is not an admin.
        UserNotFoundError: no user has the id `after`.
    """
    LIST_USERS.require(actor)
    async with read_sessions() as session:
        items = await users.list_after(session, params)
        if not items and params.after is not None:
            await require_user(session, users, params.after)
    more = len(items) == params.limit
    return Slice(items=[user_output(user) for user in items], next=items[-1].id if more else None)
