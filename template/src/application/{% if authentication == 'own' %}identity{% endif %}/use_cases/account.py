"""Looking after one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import RepoConflictError
from application.identity.access import require_active_actor
from application.identity.dto_map.user import user_output
from application.identity.passwords import check_new_password
from application.identity.refusals import SamePasswordError, WrongPasswordError, taken
from application.versions import expect_version
from domain.identity.value_objects.user import Email, Username
from domain.shared import Faults

if TYPE_CHECKING:
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
    actor: UserOutput,
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
    actor: UserOutput,
    data: ChangeEmailInput,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    users: UserRepository,
    clock: Clock,
) -> UserOutput:
    """Give the actor another e-mail address.

    Raises:
        InvalidInputError: it is not one.
        EmailTakenError: another user has it.
        AppStaleError: the user is of another version than expected.
    """
    with Faults() as faults, faults.at("email"):
        email = Email.parse(data.email)

    try:
        async with session_factory() as session, session.begin():
            user = await require_active_actor(session, users, actor)
            expect_version(user.version, expected)
            user.change_email(email, clock.now())
            await users.update(session, user)
    except RepoConflictError as exc:
        raise taken(exc) from exc
    return user_output(user)


async def change_password(
    actor: UserOutput,
    data: ChangePasswordInput,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    read_sessions: ReadSessions,
    users: UserRepository,
    hasher: PasswordHasher,
    clock: Clock,
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
    with Faults() as faults, faults.at("new_password"):
        check_new_password(data.new_password)

    async with read_sessions() as reading:
        user = await require_active_actor(reading, users, actor)
    expect_version(user.version, expected)
    if not await hasher.verify(data.current_password, user.password_hash):
        raise WrongPasswordError
    if data.new_password == data.current_password:
        raise SamePasswordError
    user.change_password(await hasher.hash(data.new_password), clock.now())

    async with session_factory() as session, session.begin():
        await users.update(session, user)
