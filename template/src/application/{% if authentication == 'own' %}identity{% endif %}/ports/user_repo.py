"""The repository of users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams, SliceParams
    from application.sessions import AutocommitSession, WriteSession
    from domain.identity.user import User
    from domain.identity.value_objects.user import UserId, Username


class UserRepository(Protocol):
    """Stores users. It works in the caller's session, and never begins or ends a transaction."""

    async def insert(self, session: WriteSession, user: User) -> None:
        """Add a new user.

        Raises:
            RepoConflictError: another user has the username or the email.
        """

    async def update(self, session: WriteSession | AutocommitSession, user: User) -> None:
        """Store the user's new state, and increment its `version`.

        Raises:
            RepoNotFoundError: the user does not exist.
            RepoStaleError: the user has changed since it was read.
            RepoConflictError: another user has the username or the email.
        """

    async def find_by_id(self, session: AsyncSession, user_id: UserId) -> User | None:
        """Return the user, or None if no user has this id."""

    async def lock(self, session: WriteSession, user_id: UserId) -> User | None:
        """Return the user as `find_by_id` does, and lock them against changes by others.

        The lock lasts until the transaction ends. Other transactions that want to lock or change
        the user wait for it.
        """

    async def find_by_username(self, session: AsyncSession, username: Username) -> User | None:
        """Return the user, or None if no user has this name."""

    async def find_for_login(
        self, session: AsyncSession, username: Username
    ) -> tuple[User | None, Sequence[str]]:
        """Return the user as `find_by_username` does, and the costs of the stored hashes.

        The costs are those of all stored password hashes, without duplicates, for
        `PasswordHasher.verify`.
        """

    async def list(self, session: AsyncSession, params: PageParams) -> tuple[Sequence[User], int]:
        """Return one page of the users, oldest first, and the total number of users."""

    async def list_after(
        self, session: AsyncSession, params: SliceParams[UserId]
    ) -> Sequence[User]:
        """Return one slice of the same list; empty if no user has the id `after`."""
