"""Publishing the information that other services need to verify our tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import AppNotFoundError
from application.identity.dto.discovery import Issuer

if TYPE_CHECKING:
    from application.identity.dto.discovery import PublicKey
    from application.identity.ports.key_publisher import KeyPublisher


async def list_public_keys(*, publisher: KeyPublisher) -> list[PublicKey]:
    """Return the public keys for verifying our tokens.

    Raises:
        AppNotFoundError: there are no public keys; tokens are signed with a secret.
    """
    if keys := publisher.public_keys():
        return keys
    raise AppNotFoundError("tokens are signed with a secret; nobody else can verify them")


async def name_issuer(*, publisher: KeyPublisher) -> Issuer:
    """Return the issuer of our tokens, if others can verify them.

    Raises:
        AppNotFoundError: others cannot verify the tokens, which are signed with a secret.
    """
    await list_public_keys(publisher=publisher)
    return Issuer(name=publisher.issuer, address=publisher.issuer.removesuffix("/"))
