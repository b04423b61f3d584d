"""Issuing and verifying access tokens: signed JWTs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import jwt

from application.identity.dto.discovery import PublicKey
from application.identity.dto.login import AccessToken, TokenClaims
from domain.identity.value_objects.user import UserId
from domain.shared import DomainError

if TYPE_CHECKING:
    from datetime import datetime

    from infrastructure.security.token_keys import TokenKeys


class JwtTokenIssuer:
    """Each key is accepted with exactly one algorithm (RFC 8725, section 3.1)."""

    _LEEWAY = 10
    """Seconds that the clocks of two machines may differ (RFC 7519, section 4.1.4)."""

    def __init__(self, keys: TokenKeys, *, issuer: str, audience: str, lifetime: int) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._lifetime = lifetime

    def issue(
        self, claims: TokenClaims, now: datetime, *, roles: frozenset[str] = frozenset()
    ) -> AccessToken:
        payload = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(claims.user_id.value),
            "roles": sorted(roles),
            "credentials_version": claims.credentials_version,
            "iat": now,
            "exp": now + timedelta(seconds=self._lifetime),
        }
        return AccessToken(access_token=self._keys.sign(payload), expires_in=self._lifetime)

    def verify(self, token: str) -> TokenClaims | None:
        try:
            key = self._keys.key_for(token)
            payload = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                issuer=self._issuer,
                audience=self._audience,
                leeway=self._LEEWAY,
                options={"require": ["iss", "aud", "sub", "credentials_version", "iat", "exp"]},
            )
            return TokenClaims(UserId.parse(payload["sub"]), payload["credentials_version"])
        except (jwt.InvalidTokenError, DomainError):
            return None

    @property
    def issuer(self) -> str:
        return self._issuer

    def public_keys(self) -> list[PublicKey]:
        return [PublicKey(**jwk) for jwk in self._keys.published]
