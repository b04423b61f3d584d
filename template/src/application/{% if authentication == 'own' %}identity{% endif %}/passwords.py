"""Checking passwords against stored hashes."""

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
    """Return the spelling of the password that the hash was made from, or None if none matches.

    All spellings are tried, even after a match, so that the response time reveals nothing.
    """
    spellings = password_spellings(password)
    matching = [each for each in spellings if await hasher.verify(each, password_hash, costs)]
    return matching[0] if matching else None


def is_outdated(hasher: PasswordHasher, password_hash: str, spelling: str) -> bool:
    """Tell whether to renew the hash: its costs changed, or it was not made from the NFC form."""
    return hasher.needs_rehash(password_hash) or spelling != canonical_password(spelling)


async def require_password(hasher: PasswordHasher, user: User, password: str) -> None:
    """Make sure that the caller knows the user's current password.

    Raises:
        WrongPasswordError: the password is wrong.
    """
    if await matching_spelling(hasher, password, user.password_hash) is None:
        raise WrongPasswordError
