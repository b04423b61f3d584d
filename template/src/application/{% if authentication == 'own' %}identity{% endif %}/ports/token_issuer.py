"""Issuing and verifying access tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from application.identity.dto.login import AccessToken, TokenClaims


class TokenIssuer(Protocol):
    def issue(
        self, claims: TokenClaims, now: datetime, *, roles: frozenset[str] = frozenset()
    ) -> AccessToken:
        """Return a token that identifies its bearer, from `now` until it expires.

        `roles` are for other services, which cannot look the bearer up; `verify` ignores them.
        """

    def verify(self, token: str) -> TokenClaims | None:
        """Return the claims of the token, or None if it has expired or we did not issue it."""
