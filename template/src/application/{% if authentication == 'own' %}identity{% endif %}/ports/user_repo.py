"""Users, as they are kept."""

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
    """The users. It works in the caller's session and never begins, commits or rolls back."""

    async def insert(self, session: WriteSession, user: User) -> None:
        """Add a new user.

        Raises:
            RepoConflictError: the username or the email is another user's.
        """

    async def update(self, session: WriteSession | AutocommitSession, user: User) -> None:
        """Store the user's new state, and count its `version` up.

        Raises:
            RepoNotFoundError: there is no such user.
            RepoStaleError: the user was changed since it was read.
            RepoConflictError: the username or the email is another user's.
        """

    async def find_by_id(self, session: AsyncSession, user_id: UserId) -> User | None:
        """Return the user, or None if nobody has this id."""

    async def lock(self, session: WriteSession, user_id: UserId) -> User | None:
        """Return the user as `find_by_id` does, and let nobody else change them.

        That holds until the transaction ends; another one that wants to waits.
        """

    async def find_by_username(self, session: AsyncSession, username: Username) -> User | None:
        """Return the user, or None if nobody has this name."""

    async def find_for_login(
        self, session: AsyncSession, username: Username
    ) -> tuple[User | None, Sequence[str]]:
        """Return the user as `find_by_username` does, and at which costs passwords are hashed.

        Those are the costs of all hashes that are stored, each once, for
        `PasswordHasher.verify`.
        """

    async def list(self, session: AsyncSession, params: PageParams) -> tuple[Sequence[User], int]:
        """Return one page of the users, the oldest first, and how many there are in all."""

    async def list_after(
        self, session: AsyncSession, params: SliceParams[UserId]
    ) -> Sequence[User]:
        """Return one slice of the same list; after an id that nobody has, nothing."""
