"""Logging in, and authenticating users by their tokens."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from application.errors import (
    AppUnauthorizedError,
    RepoNotFoundError,
    RepoStaleError,
)
from application.identity.dto.login import TokenClaims
from application.identity.dto_map.actor import actor_of
from application.identity.dto_map.user import user_output
from application.identity.passwords import is_outdated, matching_spelling
from application.identity.refusals.user import TooManyLoginsError, WrongCredentialsError
from domain.identity.login_attempt import LoginAttempt
from domain.identity.value_objects.password import canonical_password
from domain.identity.value_objects.user import Username
from domain.shared import DomainError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.actors import Actor
    from application.clock import Clock
    from application.identity.dto.login import AccessToken, LoginInput
    from application.identity.dto.user import UserOutput
    from application.identity.ports.login_throttle import LoginThrottle
    from application.identity.ports.password_hasher import PasswordHasher
    from application.identity.ports.token_issuer import TokenIssuer
    from application.identity.ports.user_repo import UserRepository
    from application.sessions import AutocommitSessions, ReadSessions
    from domain.identity.user import User


async def log_in(
    data: LoginInput,
    *,
    autocommit_sessions: AutocommitSessions,
    users: UserRepository,
    throttle: LoginThrottle,
    hasher: PasswordHasher,
    tokens: TokenIssuer,
    clock: Clock,
) -> AccessToken:
    """Exchange a username and a password for a token.

    An unknown name, a wrong password and a deactivated user get the same response after the same
    work (OWASP Authentication Cheat Sheet, "Authentication Responses"). No database connection is
    held while the password is hashed.

    Raises:
        TooManyLoginsError: there were too many attempts at the account or by the client.
        WrongCredentialsError: the name or the password is wrong, or the user is deactivated.
    """
    attempt = LoginAttempt.of(data.username, data.address)
    async with autocommit_sessions() as session:
        wait = await throttle.admit(session, attempt)
        if wait is not None:
            raise TooManyLoginsError(retry_after=wait)
        user, costs = await _find_for_login(session, users, data.username)

    password_hash = user.password_hash if user else None
    spelling = await matching_spelling(hasher, data.password, password_hash, costs)
    if user is None or spelling is None or not user.can_login():
        raise WrongCredentialsError

    async with autocommit_sessions() as session:
        await throttle.forgive(session, attempt)
    if is_outdated(hasher, user.password_hash, spelling):
        await _renew_hash(user, data.password, autocommit_sessions, users, hasher)
    claims = TokenClaims(user.id, user.credentials_version)
    return tokens.issue(claims, clock.now(), roles=actor_of(user_output(user)).roles)


async def authenticate(
    token: str | None,
    *,
    read_sessions: ReadSessions,
    users: UserRepository,
    tokens: TokenIssuer,
) -> Actor:
    """Return the user that the token belongs to, as an actor.

    Tokens issued before the credentials last changed are no longer valid.

    Raises:
        AppUnauthorizedError: the token is missing or not valid.
    """
    user = await get_own_account(token, read_sessions=read_sessions, users=users, tokens=tokens)
    return actor_of(user)


async def get_own_account(
    token: str | None,
    *,
    read_sessions: ReadSessions,
    users: UserRepository,
    tokens: TokenIssuer,
) -> UserOutput:
    """Return the account that the token belongs to. Checking the token already reads it.

    Raises:
        AppUnauthorizedError: the token is missing or not valid.
    """
    claims = tokens.verify(token) if token else None
    if claims is not None:
        async with read_sessions() as session:
            user = await users.find_by_id(session, claims.user_id)
        if user is not None and user.honours(claims.credentials_version):
            return user_output(user)
    raise AppUnauthorizedError


async def _find_for_login(
    session: AsyncSession, users: UserRepository, name: str
) -> tuple[User | None, Sequence[str]]:
    try:
        username = Username.parse(name)
    except DomainError:
        return None, ()
    return await users.find_for_login(session, username)


async def _renew_hash(
    user: User,
    password: str,
    autocommit_sessions: AutocommitSessions,
    users: UserRepository,
    hasher: PasswordHasher,
) -> None:
    user.renew_hash(await hasher.hash(canonical_password(password)))
    # A change of the user in the meantime takes precedence; the next login tries again.
    with suppress(RepoStaleError, RepoNotFoundError):
        async with autocommit_sessions() as session:
            await users.update(session, user)
