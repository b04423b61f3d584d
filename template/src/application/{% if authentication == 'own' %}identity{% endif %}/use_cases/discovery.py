"""Telling others how our tokens are verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import AppNotFoundError
from application.identity.dto.discovery import Issuer

if TYPE_CHECKING:
    from application.identity.dto.discovery import PublicKey
    from application.identity.ports.key_publisher import KeyPublisher


async def list_public_keys(*, publisher: KeyPublisher) -> list[PublicKey]:
    """Return the keys that our tokens are verified with.

    Raises:
        AppNotFoundError: there are none; tokens are signed with a secret.
    """
    if keys := publisher.public_keys():
        return keys
    raise AppNotFoundError("tokens are signed with a secret; nobody else can verify them")


async def name_issuer(*, publisher: KeyPublisher) -> Issuer:
    """Return who signs tokens that others can verify.

    Raises:
        AppNotFoundError: nobody does; tokens are signed with a secret.
    """
    await list_public_keys(publisher=publisher)
    return Issuer(name=publisher.issuer, address=publisher.issuer.removesuffix("/"))
