"""Looking after one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import AppConflictError, AppForbiddenError, RepoConflictError
from application.identity.access import require_active_actor
from application.identity.dto_map.user import user_output
from application.identity.passwords import check_new_password
from domain.identity.value_objects.user import Email, Username

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


async def change_username(
    actor: UserOutput,
    data: ChangeUsernameInput,
    *,
    session_factory: SessionFactory,
    users: UserRepository,
    clock: Clock,
) -> UserOutput:
    """Give the actor another name.

    Raises:
        DomainError: the name breaks a rule.
        AppConflictError: it is taken.
    """
    username = Username.parse(data.username)
    try:
        async with session_factory() as session, session.begin():
            user = await require_active_actor(session, users, actor)
            user.rename(username, clock.now())
            await users.update(session, user)
    except RepoConflictError as exc:
        raise AppConflictError("username taken", field=exc.field) from exc
    return user_output(user)


async def change_email(
    actor: UserOutput,
    data: ChangeEmailInput,
    *,
    session_factory: SessionFactory,
    users: UserRepository,
    clock: Clock,
) -> UserOutput:
    """Give the actor another e-mail address.

    Raises:
        DomainError: it is not one.
        AppConflictError: it is taken.
    """
    email = Email.parse(data.email)
    try:
        async with session_factory() as session, session.begin():
            user = await require_active_actor(session, users, actor)
            user.change_email(email, clock.now())
            await users.update(session, user)
    except RepoConflictError as exc:
        raise AppConflictError("email taken", field=exc.field) from exc
    return user_output(user)


async def change_password(
    actor: UserOutput,
    data: ChangePasswordInput,
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
        AppValidationError: the new password breaks a rule.
        AppForbiddenError: what was given as the current one is wrong.
        AppConflictError: the new password is the current one.
    """
    check_new_password(data.new_password, field="new_password")
    async with read_sessions() as reading:
        user = await require_active_actor(reading, users, actor)
    if not await hasher.verify(data.current_password, user.password_hash):
        raise AppForbiddenError("wrong password", field="current_password")
    if data.new_password == data.current_password:
        raise AppConflictError("this is the current password", field="new_password")
    user.change_password(await hasher.hash(data.new_password), clock.now())

    async with session_factory() as session, session.begin():
        await users.update(session, user)
