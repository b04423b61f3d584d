"""Passwords, as use cases try them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.identity.refusals.user import WrongPasswordError
from domain.identity.value_objects.password import canonical_password, password_spellings

if TYPE_CHECKING:
    from collections.abc import Collection

    from application.identity.ports.password_hasher import PasswordHasher
    from domain.identity.user import User


async def matching_spelling(
    hasher: PasswordHasher, password: str, password_hash: str | None, costs: Collection[str] = ()
) -> str | None:
    """Return the spelling of the password that the hash was made from, or None if none was.

    All are tried, the right one or not, so that the time it takes does not tell.
    """
    spellings = password_spellings(password)
    matching = [each for each in spellings if await hasher.verify(each, password_hash, costs)]
    return matching[0] if matching else None


def is_outdated(hasher: PasswordHasher, password_hash: str, spelling: str) -> bool:
    """Tell whether the hash should be made anew: at other costs, or from the form of today."""
    return hasher.needs_rehash(password_hash) or spelling != canonical_password(spelling)


async def require_password(hasher: PasswordHasher, user: User, password: str) -> None:
    """Make sure that whoever asks knows the user's current password.

    Raises:
        WrongPasswordError: they do not.
    """
    if await matching_spelling(hasher, password, user.password_hash) is None:
        raise WrongPasswordError
