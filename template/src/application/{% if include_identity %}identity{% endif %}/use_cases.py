"""What can be done with users.

Each use case owns its transaction: `async with session_factory() as session, session.begin()`.
Those that only read take `read_sessions`, and those whose statements stand alone
`autocommit_sessions`: both commit each statement by itself.
`actor` is the user who asks, as `authenticate` found them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from application.errors import (
    AppConflictError,
    AppForbiddenError,
    AppNotFoundError,
    AppTooManyRequestsError,
    AppUnauthorizedError,
    AppValidationError,
    RepoConflictError,
    RepoNotFoundError,
    RepoStaleError,
)
from application.identity.dto import TokenClaims
from application.identity.dto_map import user_output
from application.paging import Page, Slice
from domain.identity.login_attempt import LoginAttempt
from domain.identity.user import User
from domain.identity.value_objects import Email, Username
from domain.shared import DomainError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

    from application.clock import Clock
    from application.identity.dto import (
        AccessToken,
        ChangeEmailInput,
        ChangePasswordInput,
        ChangeUsernameInput,
        CreateUserInput,
        LoginInput,
        UserOutput,
    )
    from application.identity.ports import (
        LoginThrottle,
        PasswordHasher,
        TokenIssuer,
        UserRepository,
    )
    from application.paging import PageParams, SliceParams
    from domain.identity.value_objects import UserId

# NIST SP 800-63B-4, section 3.1.1.2: at least 15 characters where the password is all there is,
# and at least 64 accepted. An upper limit keeps hashing affordable.
MIN_PASSWORD_LEN = 15
MAX_PASSWORD_LEN = 128

_NOBODY = "a valid access token is needed"


async def create_user(
    session_factory: async_sessionmaker[AsyncSession],
    users: UserRepository,
    hasher: PasswordHasher,
    clock: Clock,
    data: CreateUserInput,
) -> UserOutput:
    """Register a user.

    Raises:
        DomainError: the username or the email breaks a rule.
        AppValidationError: the password does.
        AppConflictError: the username or the email is taken.
    """
    username = Username.parse(data.username)
    email = Email.parse(data.email)
    _check_new_password(data.password, field="password")
    password_hash = await hasher.hash(data.password)
    user = User.create(username, email, password_hash, clock.now(), is_admin=data.is_admin)

    try:
        async with session_factory() as session, session.begin():
            await users.insert(session, user)
    except RepoConflictError as exc:
        raise AppConflictError("username or email taken", field=exc.field) from exc
    return user_output(user)


async def log_in(
    autocommit_sessions: async_sessionmaker[AsyncSession],
    users: UserRepository,
    throttle: LoginThrottle,
    hasher: PasswordHasher,
    tokens: TokenIssuer,
    clock: Clock,
    data: LoginInput,
) -> AccessToken:
    """Exchange a username and a password for a token.

    An unknown name, a wrong password and a deactivated user get the same answer after the same
    work (OWASP Authentication Cheat Sheet, "Authentication Responses"). No connection is held while
    the password is hashed.

    Raises:
        AppTooManyRequestsError: the account or the client was tried too often.
        AppUnauthorizedError: they do not open this door.
    """
    attempt = LoginAttempt.of(data.username, data.address)
    async with autocommit_sessions() as session:
        wait = await throttle.admit(session, attempt, clock.now())
        if wait is not None:
            raise AppTooManyRequestsError("too many attempts to log in", retry_after=wait)
        user = await _find_by_login(users, session, data.username)

    matches = await hasher.verify(data.password, user.password_hash if user else None)
    if user is None or not matches or not user.can_login():
        raise AppUnauthorizedError("wrong username or password")

    async with autocommit_sessions() as session:
        await throttle.forgive(session, attempt)
    if hasher.needs_rehash(user.password_hash):
        await _renew_hash(autocommit_sessions, users, hasher, user, data.password)
    return tokens.issue(TokenClaims(user.id, user.credentials_version), clock.now())


async def authenticate(
    read_sessions: async_sessionmaker[AsyncSession],
    users: UserRepository,
    tokens: TokenIssuer,
    token: str | None,
) -> UserOutput:
    """Return whose token this is. What was issued before the credentials changed is nobody's.

    Raises:
        AppUnauthorizedError: there is no token, or it proves nothing.
    """
    claims = tokens.verify(token) if token else None
    if claims is not None:
        async with read_sessions() as session:
            user = await users.find_by_id(session, claims.user_id)
        if user is not None and user.honours(claims.credentials_version):
            return user_output(user)
    raise AppUnauthorizedError(_NOBODY)


async def get_user(
    read_sessions: async_sessionmaker[AsyncSession],
    users: UserRepository,
    actor: UserOutput,
    user_id: UserId,
) -> UserOutput:
    """Return a user, to themselves or to an admin.

    Raises:
        AppForbiddenError: the actor is neither.
        AppNotFoundError: there is no such user.
    """
    if actor.id != user_id:
        _require_admin(actor)
    async with read_sessions() as session:
        return user_output(await _existing(users, session, user_id))


async def list_users(
    read_sessions: async_sessionmaker[AsyncSession],
    users: UserRepository,
    actor: UserOutput,
    params: PageParams,
) -> Page[UserOutput]:
    """Return one page of the users, the oldest first, to an admin.

    Raises:
        AppForbiddenError: the actor is no admin.
    """
    _require_admin(actor)
    async with read_sessions() as session:
        items, total = await users.list(session, params)
    return Page(items=[user_output(user) for user in items], total=total)


async def scroll_users(
    read_sessions: async_sessionmaker[AsyncSession],
    users: UserRepository,
    actor: UserOutput,
    params: SliceParams[UserId],
) -> Slice[UserOutput, UserId]:
    """Return one slice of the users, the oldest first, to an admin.

    Raises:
        AppForbiddenError: the actor is no admin.
        AppNotFoundError: there is no such user to go on after.
    """
    _require_admin(actor)
    async with read_sessions() as session:
        items = await users.list_after(session, params)
        if not items and params.after is not None:
            await _existing(users, session, params.after)
    more = len(items) == params.limit
    return Slice(items=[user_output(user) for user in items], next=items[-1].id if more else None)


async def change_username(
    session_factory: async_sessionmaker[AsyncSession],
    users: UserRepository,
    clock: Clock,
    actor: UserOutput,
    data: ChangeUsernameInput,
) -> UserOutput:
    """Give the actor another name.

    Raises:
        DomainError: the name breaks a rule.
        AppConflictError: it is taken.
    """
    username = Username.parse(data.username)
    try:
        async with session_factory() as session, session.begin():
            user = await _still_active(users, session, actor)
            user.rename(username, clock.now())
            await users.update(session, user)
    except RepoConflictError as exc:
        raise AppConflictError("username taken", field=exc.field) from exc
    return user_output(user)


async def change_email(
    session_factory: async_sessionmaker[AsyncSession],
    users: UserRepository,
    clock: Clock,
    actor: UserOutput,
    data: ChangeEmailInput,
) -> UserOutput:
    """Give the actor another e-mail address.

    Raises:
        DomainError: it is not one.
        AppConflictError: it is taken.
    """
    email = Email.parse(data.email)
    try:
        async with session_factory() as session, session.begin():
            user = await _still_active(users, session, actor)
            user.change_email(email, clock.now())
            await users.update(session, user)
    except RepoConflictError as exc:
        raise AppConflictError("email taken", field=exc.field) from exc
    return user_output(user)


async def change_password(
    session_factory: async_sessionmaker[AsyncSession],
    read_sessions: async_sessionmaker[AsyncSession],
    users: UserRepository,
    hasher: PasswordHasher,
    clock: Clock,
    actor: UserOutput,
    data: ChangePasswordInput,
) -> None:
    """Give the actor another password, in exchange for the current one. All their tokens end.

    Hashing is slow by design, so it is done before the transaction, which holds a connection; the
    version tells if the user was changed meanwhile.

    Raises:
        AppValidationError: the new password breaks a rule.
        AppForbiddenError: what was given as the current one is wrong.
        AppConflictError: the new password is the current one.
    """
    _check_new_password(data.new_password, field="new_password")
    async with read_sessions() as session:
        user = await _still_active(users, session, actor)
    if not await hasher.verify(data.current_password, user.password_hash):
        raise AppForbiddenError("wrong password", field="current_password")
    if data.new_password == data.current_password:
        raise AppConflictError("this is the current password", field="new_password")
    user.change_password(await hasher.hash(data.new_password), clock.now())

    async with session_factory() as session, session.begin():
        await users.update(session, user)


async def deactivate_user(
    session_factory: async_sessionmaker[AsyncSession],
    users: UserRepository,
    clock: Clock,
    actor: UserOutput,
    user_id: UserId,
) -> UserOutput:
    """Shut a user out; their tokens stop working at once.

    Raises:
        AppForbiddenError: the actor is no admin, or would shut themselves out.
        AppNotFoundError: there is no such user.
        DomainConflictError: the user is deactivated already.
    """
    _require_admin(actor)
    if actor.id == user_id:
        raise AppForbiddenError("an admin cannot deactivate themselves")
    async with session_factory() as session, session.begin():
        user = await _locked_for(users, session, actor, user_id)
        user.deactivate(clock.now())
        await users.update(session, user)
    return user_output(user)


async def reactivate_user(
    session_factory: async_sessionmaker[AsyncSession],
    users: UserRepository,
    clock: Clock,
    actor: UserOutput,
    user_id: UserId,
) -> UserOutput:
    """Let a deactivated user in again.

    Raises:
        AppForbiddenError: the actor is no admin.
        AppNotFoundError: there is no such user.
        DomainConflictError: the user is active already.
    """
    _require_admin(actor)
    async with session_factory() as session, session.begin():
        user = await _locked_for(users, session, actor, user_id)
        user.reactivate(clock.now())
        await users.update(session, user)
    return user_output(user)


async def _existing(users: UserRepository, session: AsyncSession, user_id: UserId) -> User:
    user = await users.find_by_id(session, user_id)
    if user is None:
        raise AppNotFoundError("no such user")
    return user


async def _still_active(users: UserRepository, session: AsyncSession, actor: UserOutput) -> User:
    """Read the actor again: they may have been shut out since `authenticate`.

    From here on their version tells.
    """
    user = await _existing(users, session, actor.id)
    if not user.can_login():
        raise AppUnauthorizedError(_NOBODY)
    return user


async def _locked_for(
    users: UserRepository, session: AsyncSession, admin: UserOutput, user_id: UserId
) -> User:
    """Return the user, after making sure that the admin has not been shut out meanwhile.

    Nobody else changes either of them before the transaction ends, so of two admins who shut each
    other out at once, one comes too late. Both lock in the same order, or they would wait for each
    other.
    """
    both = sorted({admin.id, user_id}, key=lambda each: each.value)
    locked = {each: await users.lock(session, each) for each in both}
    actor, user = locked[admin.id], locked[user_id]
    if actor is None or not actor.can_login():
        raise AppUnauthorizedError(_NOBODY)
    if user is None:
        raise AppNotFoundError("no such user")
    return user


async def _find_by_login(users: UserRepository, session: AsyncSession, name: str) -> User | None:
    try:
        username = Username.parse(name)
    except DomainError:
        return None
    return await users.find_by_username(session, username)


async def _renew_hash(
    autocommit_sessions: async_sessionmaker[AsyncSession],
    users: UserRepository,
    hasher: PasswordHasher,
    user: User,
    password: str,
) -> None:
    user.renew_hash(await hasher.hash(password))
    # Whoever changed the user meanwhile goes first; the next login tries again.
    with suppress(RepoStaleError, RepoNotFoundError):
        async with autocommit_sessions() as session:
            await users.update(session, user)


def _check_new_password(password: str, *, field: str) -> None:
    if not MIN_PASSWORD_LEN <= len(password) <= MAX_PASSWORD_LEN:
        raise AppValidationError(
            f"a password has {MIN_PASSWORD_LEN} to {MAX_PASSWORD_LEN} characters", field=field
        )


def _require_admin(actor: UserOutput) -> None:
    if not actor.is_admin:
        raise AppForbiddenError("only an admin may do this")
