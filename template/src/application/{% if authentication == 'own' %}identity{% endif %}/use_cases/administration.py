"""Deactivating users, reactivating them, and making admins of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.identity.access import lock_user_as_admin, user_id_of
from application.identity.dto_map.user import user_output
from application.identity.permissions.user import MANAGE_USERS
from application.identity.refusals.user import OwnAccountError, UserNotFoundError
from application.versions import expect_version
from domain.identity.value_objects.user import Username
from domain.shared import Faults

if TYPE_CHECKING:
    from application.actors import Actor
    from application.clock import Clock
    from application.identity.dto.user import UserOutput
    from application.identity.ports.user_repo import UserRepository
    from application.sessions import SessionFactory
    from application.versions import ExpectedVersions
    from domain.identity.value_objects.user import UserId


async def deactivate_user(
    actor: Actor,
    user_id: UserId,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    users: UserRepository,
    clock: Clock,
) -> UserOutput:
    """Shut a user out; their tokens stop working at once.

    Raises:
        AppForbiddenError: the actor is no admin.
        OwnAccountError: the admin would shut themselves out.
        UserNotFoundError: there is no such user.
        AlreadyDeactivatedError: the user is deactivated already.
        AppStaleError: the user is of another version than expected.
    """
    MANAGE_USERS.require(actor)
    if user_id_of(actor) == user_id:
        raise OwnAccountError
    async with session_factory() as session, session.begin():
        user = await lock_user_as_admin(session, users, actor, user_id)
        expect_version(user.version, expected)
        user.deactivate(clock.now())
        await users.update(session, user)
    return user_output(user)


async def reactivate_user(
    actor: Actor,
    user_id: UserId,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    users: UserRepository,
    clock: Clock,
) -> UserOutput:
    """Let a deactivated user in again.

    Raises:
        AppForbiddenError: the actor is no admin.
        UserNotFoundError: there is no such user.
        AlreadyActiveError: the user is active already.
        AppStaleError: the user is of another version than expected.
    """
    MANAGE_USERS.require(actor)
    async with session_factory() as session, session.begin():
        user = await lock_user_as_admin(session, users, actor, user_id)
        expect_version(user.version, expected)
        user.reactivate(clock.now())
        await users.update(session, user)
    return user_output(user)


async def promote_user(
    name: str, *, session_factory: SessionFactory, users: UserRepository, clock: Clock
) -> UserOutput:
    """Make an admin of the user of this name. Nobody is asked whether the caller may.

    It is for whoever runs the service, who could write into the database as well.

    Raises:
        InvalidInputError: it is no username.
        UserNotFoundError: nobody has it.
        AlreadyAdminError: the user is one.
        DeactivatedError: the user is deactivated.
    """
    with Faults() as faults, faults.at("username"):
        username = Username.parse(name)

    async with session_factory() as session, session.begin():
        user = await users.find_by_username(session, username)
        if user is None:
            raise UserNotFoundError
        user.promote(clock.now())
        await users.update(session, user)
    return user_output(user)
