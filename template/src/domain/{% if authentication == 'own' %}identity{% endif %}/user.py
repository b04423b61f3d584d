"""The user: who may log in, and under what name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.identity.value_objects.user import UserId
from domain.shared import DomainConflictError

if TYPE_CHECKING:
    from datetime import datetime

    from domain.identity.value_objects.user import Email, Username


class AlreadyDeactivatedError(DomainConflictError):
    code = "already_deactivated"
    detail = "the user is deactivated already"


class AlreadyActiveError(DomainConflictError):
    code = "already_active"
    detail = "the user is active already"


class AlreadyAdminError(DomainConflictError):
    code = "already_admin"
    detail = "the user is an admin already"


class DeactivatedError(DomainConflictError):
    code = "deactivated"
    detail = "the user is deactivated"


@dataclass(slots=True)
class User:
    """`version` is the state that was read; a repository refuses to overwrite a newer one.

    `credentials_version` counts how often what was proven before has ceased to count: a token names
    the one that it was issued for.
    """

    id: UserId
    username: Username
    email: Email
    password_hash: str = field(repr=False)
    is_admin: bool
    is_active: bool
    created_at: datetime
    updated_at: datetime | None
    version: int
    credentials_version: int

    @classmethod
    def create(
        cls,
        username: Username,
        email: Email,
        password_hash: str,
        now: datetime,
        *,
        is_admin: bool = False,
    ) -> User:
        return cls(
            id=UserId.generate(),
            username=username,
            email=email,
            password_hash=password_hash,
            is_admin=is_admin,
            is_active=True,
            created_at=now,
            updated_at=None,
            version=1,
            credentials_version=1,
        )

    def can_login(self) -> bool:
        return self.is_active

    def honours(self, credentials_version: int) -> bool:
        """Tell whether a token that was issued for these credentials is still good."""
        return self.is_active and self.credentials_version == credentials_version

    def rename(self, username: Username, now: datetime) -> None:
        self.username = username
        self.updated_at = now

    def change_email(self, email: Email, now: datetime) -> None:
        self.email = email
        self.updated_at = now

    def change_password(self, password_hash: str, now: datetime) -> None:
        """Take another password; tokens that were issued for the old one are not honoured."""
        self.password_hash = password_hash
        self.credentials_version += 1
        self.updated_at = now

    def renew_hash(self, password_hash: str) -> None:
        """Keep the password, and another hash of it."""
        self.password_hash = password_hash

    def promote(self, now: datetime) -> None:
        """Make an admin of the user.

        Raises:
            AlreadyAdminError: they are one.
            DeactivatedError: they are deactivated.
        """
        if self.is_admin:
            raise AlreadyAdminError
        if not self.is_active:
            raise DeactivatedError
        self.is_admin = True
        self.updated_at = now

    def deactivate(self, now: datetime) -> None:
        """Shut the user out until reactivated, and end their tokens for good.

        Raises:
            AlreadyDeactivatedError: they are deactivated.
        """
        if not self.is_active:
            raise AlreadyDeactivatedError
        self.is_active = False
        self.credentials_version += 1
        self.updated_at = now

    def reactivate(self, now: datetime) -> None:
        """Let the user in again.

        Raises:
            AlreadyActiveError: they are active.
        """
        if self.is_active:
            raise AlreadyActiveError
        self.is_active = True
        self.updated_at = now
