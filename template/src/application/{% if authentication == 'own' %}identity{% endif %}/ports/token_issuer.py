"""Access tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from application.identity.dto.login import AccessToken, TokenClaims


class TokenIssuer(Protocol):
    def issue(self, claims: TokenClaims, now: datetime) -> AccessToken:
        """Return a token that proves who its bearer is, from `now` until it expires."""

    def verify(self, token: str) -> TokenClaims | None:
        """Return what the token says, or None if it is not one of ours or has expired."""
