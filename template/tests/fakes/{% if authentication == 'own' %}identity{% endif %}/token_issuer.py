"""Fake for `application.identity.ports.token_issuer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.identity.dto.login import AccessToken, TokenClaims
from domain.identity.value_objects.user import UserId
from domain.shared import DomainError

if TYPE_CHECKING:
    from datetime import datetime


class FakeTokenIssuer:
    """Issues tokens that are the claims themselves, and remembers the roles of the last one."""

    def __init__(self) -> None:
        self.issued_roles: frozenset[str] = frozenset()

    def issue(
        self, claims: TokenClaims, now: datetime, *, roles: frozenset[str] = frozenset()
    ) -> AccessToken:
        self.issued_roles = roles
        token = f"{claims.user_id.value} {claims.credentials_version}"
        return AccessToken(access_token=token, expires_in=60)

    def verify(self, token: str) -> TokenClaims | None:
        try:
            user_id, version = token.split()
            return TokenClaims(UserId.parse(user_id), int(version))
        except (DomainError, ValueError):
            return None
