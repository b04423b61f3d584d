"""The user: who may log in, and under what name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.identity.value_objects.user import UserId
from domain.shared import DomainConflictError

if TYPE_CHECKING:
    from datetime import datetime

    from domain.identity.value_objects.user import Email, Role, Username


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
    """`version` is the version that was read; a repository refuses to overwrite a newer one.

    `credentials_version` is incremented to invalidate all tokens that were issued before. A token
    contains the value that was current when it was issued.
    """

    id: UserId
    username: Username
    email: Email
    password_hash: str = field(repr=False)
    is_admin: bool
    is_active: bool
    roles: frozenset[Role]
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
            roles=frozenset(),
            created_at=now,
            updated_at=None,
            version=1,
            credentials_version=1,
        )

    def can_login(self) -> bool:
        return self.is_active

    def honours(self, credentials_version: int) -> bool:
        """Tell whether a token that was issued for this credentials version is still valid."""
        return self.is_active and self.credentials_version == credentials_version

    def rename(self, username: Username, now: datetime) -> None:
        self.username = username
        self.updated_at = now

    def change_email(self, email: Email, now: datetime) -> None:
        self.email = email
        self.updated_at = now

    def change_password(self, password_hash: str, now: datetime) -> None:
        """Set a new password. Tokens that were issued before become invalid."""
        self.password_hash = password_hash
        self.credentials_version += 1
        self.updated_at = now

    def renew_hash(self, password_hash: str) -> None:
        """Replace the hash; the password itself stays the same."""
        self.password_hash = password_hash

    def promote(self, now: datetime) -> None:
        """Make the user an admin.

        Raises:
            AlreadyAdminError: the user is an admin already.
            DeactivatedError: the user is deactivated.
        """
        if self.is_admin:
            raise AlreadyAdminError
        if not self.is_active:
            raise DeactivatedError
        self.is_admin = True
        self.updated_at = now

    def assign_roles(self, roles: frozenset[Role], now: datetime) -> None:
        """Replace the roles of the user."""
        self.roles = roles
        self.updated_at = now

    def deactivate(self, now: datetime) -> None:
        """Block the user until they are reactivated, and invalidate their tokens for good.

        Raises:
            AlreadyDeactivatedError: the user is deactivated already.
        """
        if not self.is_active:
            raise AlreadyDeactivatedError
        self.is_active = False
        self.credentials_version += 1
        self.updated_at = now

    def reactivate(self, now: datetime) -> None:
        """Allow the user to log in again.

        Raises:
            AlreadyActiveError: the user is active already.
        """
        if self.is_active:
            raise AlreadyActiveError
        self.is_active = True
        self.updated_at = now
