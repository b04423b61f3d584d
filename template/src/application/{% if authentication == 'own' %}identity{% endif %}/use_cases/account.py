"""The use cases for the actor's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import RepoConflictError
from application.identity.access import require_active_actor
from application.identity.dto_map.user import user_output
from application.identity.passwords import require_password
from application.identity.refusals.user import SamePasswordError, taken
from application.versions import expect_version
from domain.identity.value_objects.password import NewPassword, canonical_password
from domain.identity.value_objects.user import Email, Username
from domain.shared import Faults

if TYPE_CHECKING:
    from application.actors import Actor
    from application.clock import Clock
    from application.identity.dto.user import (
        ChangeEmailInput,
        ChangePasswordInput,
        ChangeUsernameInput,
        UserOutput,
    )
    from application.identity.ports.password_hasher import PasswordHasher
    from application.identity.ports.user_repo import UserRepository
    from application.sessions import ReadSessions, SessionFactory
    from application.versions import ExpectedVersions


async def change_username(
    actor: Actor,
    data: ChangeUsernameInput,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    users: UserRepository,
    clock: Clock,
) -> UserOutput:
    """Change the actor's username.

    Raises:
        InvalidInputError: the name breaks a rule.
        UsernameTakenError: another user has the name.
        AppStaleError: the user's version is not one of those expected.
    """
    with Faults() as faults, faults.at("username"):
        username = Username.parse(data.username)

    try:
        async with session_factory() as session, session.begin():
            user = await require_active_actor(session, users, actor)
            expect_version(user.version, expected)
            user.rename(username, clock.now())
            await users.update(session, user)
    except RepoConflictError as exc:
        raise taken(exc) from exc
    return user_output(user)


async def change_email(
    actor: Actor,
    data: ChangeEmailInput,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    read_sessions: ReadSessions,
    users: UserRepository,
    hasher: PasswordHasher,
    clock: Clock,
) -> UserOutput:
    """Change the actor's e-mail address. This requires the current password.

    The service may come to trust the owner of the address with the account, so a token that was
    left somewhere is not enough. Hashing is slow by design, and done before the transaction.

    Raises:
        InvalidInputError: the address is not valid.
        WrongPasswordError: the password is wrong.
        EmailTakenError: another user has the address.
        AppStaleError: the user's version is not one of those expected.
    """
    with Faults() as faults, faults.at("email"):
        email = Email.parse(data.email)

    async with read_sessions() as reading:
        user = await require_active_actor(reading, users, actor)
    expect_version(user.version, expected)
    await require_password(hasher, user, data.current_password)
    user.change_email(email, clock.now())

    try:
        async with session_factory() as session, session.begin():
            await users.update(session, user)
    except RepoConflictError as exc:
        raise taken(exc) from exc
    return user_output(user)


async def change_password(
    actor: Actor,
    data: ChangePasswordInput,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    read_sessions: ReadSessions,
    users: UserRepository,
    hasher: PasswordHasher,
    clock: Clock,
    service_name: str,
) -> None:
    """Change the actor's password, and invalidate their tokens. This requires the current password.

    Hashing is slow by design, so it is done before the transaction, which holds a connection. The
    version detects changes to the user in the meantime.

    Raises:
        InvalidInputError: the new password breaks a rule.
        WrongPasswordError: the given current password is wrong.
        SamePasswordError: the new password is the current one.
        AppStaleError: the user's version is not one of those expected.
    """
    async with read_sessions() as reading:
        user = await require_active_actor(reading, users, actor)
    expect_version(user.version, expected)
    with Faults() as faults, faults.at("new_password"):
        about = (service_name, user.username.value, user.email.value)
        new = NewPassword.parse(data.new_password, about=about)

    await require_password(hasher, user, data.current_password)
    if new.value == canonical_password(data.current_password):
        raise SamePasswordError
    user.change_password(await hasher.hash(new.value), clock.now())

    async with session_factory() as session, session.begin():
        await users.update(session, user)
