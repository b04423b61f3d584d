"""Deactivating and reactivating users, promoting them, and assigning their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.identity.access import lock_user_as_admin, user_id_of
from application.identity.dto_map.user import user_output
from application.identity.permissions.user import MANAGE_USERS
from application.identity.refusals.user import OwnAccountError, UserNotFoundError
from application.versions import expect_version
from domain.identity.value_objects.user import Role, Username
from domain.shared import Faults

if TYPE_CHECKING:
    from collections.abc import Collection

    from application.actors import Actor
    from application.clock import Clock
    from application.identity.dto.user import AssignRolesInput, UserOutput
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
    """Deactivate a user. Their tokens stop working at once.

    Raises:
        AppForbiddenError: the actor is not an admin.
        OwnAccountError: the admin would deactivate themselves.
        UserNotFoundError: the user does not exist.
        AlreadyDeactivatedError: the user is deactivated already.
        AppStaleError: the user's version is not one of those expected.
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
    """Reactivate a user, who may then log in again.

    Raises:
        AppForbiddenError: the actor is not an admin.
        UserNotFoundError: the user does not exist.
        AlreadyActiveError: the user is active already.
        AppStaleError: the user's version is not one of those expected.
    """
    MANAGE_USERS.require(actor)
    async with session_factory() as session, session.begin():
        user = await lock_user_as_admin(session, users, actor, user_id)
        expect_version(user.version, expected)
        user.reactivate(clock.now())
        await users.update(session, user)
    return user_output(user)


async def assign_roles(
    actor: Actor,
    user_id: UserId,
    data: AssignRolesInput,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    users: UserRepository,
    clock: Clock,
    known_roles: Collection[str],
) -> UserOutput:
    """Replace the roles of a user. The change applies to their tokens, too, from their next request.

    `known_roles` are those that the service has. Nobody becomes an admin by a role.

    Raises:
        AppForbiddenError: the actor is not an admin.
        InvalidInputError: the service does not have one of the roles.
        UserNotFoundError: the user does not exist.
        AppStaleError: the user's version is not one of those expected.
    """
    MANAGE_USERS.require(actor)
    roles = set()
    with Faults() as faults:
        for place, role in enumerate(data.roles):
            with faults.at("roles", place):
                roles.add(Role.parse(role, known_roles))

    async with session_factory() as session, session.begin():
        user = await lock_user_as_admin(session, users, actor, user_id)
        expect_version(user.version, expected)
        user.assign_roles(frozenset(roles), clock.now())
        await users.update(session, user)
    return user_output(user)


async def promote_user(
    name: str, *, session_factory: SessionFactory, users: UserRepository, clock: Clock
) -> UserOutput:
    """Make the user with this name an admin, without checking any permission.

    It is for the operators of the service, who could write to the database as well.

    Raises:
        InvalidInputError: the name is not a valid username.
        UserNotFoundError: no user has the name.
        AlreadyAdminError: the user is an admin already.
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
