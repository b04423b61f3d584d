"""Looking after one's own account."""

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
    """Give the actor another name.

    Raises:
        InvalidInputError: the name breaks a rule.
        UsernameTakenError: another user has it.
        AppStaleError: the user is of another version than expected.
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
    """Give the actor another e-mail address, in exchange for the current password.

    Whoever has the address may come to be trusted with the account, so a token that was left
    somewhere is not enough. Hashing is slow by design, and done before the transaction.

    Raises:
        InvalidInputError: it is not an address.
        WrongPasswordError: the password is wrong.
        EmailTakenError: another user has the address.
        AppStaleError: the user is of another version than expected.
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
    """Give the actor another password, in exchange for the current one. All their tokens end.

    Hashing is slow by design, so it is done before the transaction, which holds a connection; the
    version tells if the user was changed meanwhile.

    Raises:
        InvalidInputError: the new password breaks a rule.
        WrongPasswordError: what was given as the current one is wrong.
        SamePasswordError: the new password is the current one.
        AppStaleError: the user is of another version than expected.
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
