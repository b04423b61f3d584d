"""What the use cases of identity ask of the outside.

Each docstring is a contract: the same tests run against the adapter and against the fake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.identity.dto import AccessToken, TokenClaims
    from application.paging import PageParams, SliceParams
    from domain.identity.login_attempt import LoginAttempt
    from domain.identity.user import User
    from domain.identity.value_objects import UserId, Username


class UserRepository(Protocol):
    """The users. It works in the caller's session and never begins, commits or rolls back."""

    async def insert(self, session: AsyncSession, user: User) -> None:
        """Add a new user.

        Raises:
            RepoConflictError: the username or the email is another user's.
        """

    async def update(self, session: AsyncSession, user: User) -> None:
        """Store the user's new state, and count its `version` up.

        Raises:
            RepoNotFoundError: there is no such user.
            RepoStaleError: the user was changed since it was read.
            RepoConflictError: the username or the email is another user's.
        """

    async def find_by_id(self, session: AsyncSession, user_id: UserId) -> User | None:
        """Return the user, or None if nobody has this id."""

    async def lock(self, session: AsyncSession, user_id: UserId) -> User | None:
        """Return the user as `find_by_id` does, and let nobody else change them.

        That holds until the transaction ends; another one that wants to waits.
        """

    async def find_by_username(self, session: AsyncSession, username: Username) -> User | None:
        """Return the user, or None if nobody has this name."""

    async def list(self, session: AsyncSession, params: PageParams) -> tuple[Sequence[User], int]:
        """Return one page of the users, the oldest first, and how many there are in all."""

    async def list_after(
        self, session: AsyncSession, params: SliceParams[UserId]
    ) -> Sequence[User]:
        """Return one slice of the same list; after an id that nobody has, nothing."""


class LoginThrottle(Protocol):
    """Counts the attempts to log in, per account and per client, for all processes together.

    It works in the caller's session, whose statements should commit by themselves: a count stays,
    whatever becomes of the attempt, and is locked no longer than it takes.
    """

    async def admit(
        self, session: AsyncSession, attempt: LoginAttempt, now: datetime
    ) -> timedelta | None:
        """Count the attempt. Return None if it may go on, or else how long to wait.

        Of attempts at the same time, no more than the limit may go on. One that is refused for its
        client does not count for the account: who is stopped already keeps no owner out.
        """

    async def forgive(self, session: AsyncSession, attempt: LoginAttempt) -> None:
        """Forget an attempt that succeeded, and what failed for the same account before.

        What failed for the client stays: the password of one account says nothing of the others.
        """


class PasswordHasher(Protocol):
    async def hash(self, password: str) -> str:
        """Return a salted hash that `verify` understands."""

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the hash was made from this password.

        None stands for a user who does not exist: the answer is no, and it takes as long as any
        other, so that the time it takes tells nobody which names exist.
        """

    def needs_rehash(self, password_hash: str) -> bool:
        """Tell whether `hash` would work harder, or less hard, by now than it did for this one."""


class TokenIssuer(Protocol):
    def issue(self, claims: TokenClaims, now: datetime) -> AccessToken:
        """Return a token that proves who its bearer is, from `now` until it expires."""

    def verify(self, token: str) -> TokenClaims | None:
        """Return what the token says, or None if it is not one of ours or has expired."""
