"""Access tokens: signed JWTs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import jwt

from application.identity.dto.login import AccessToken, TokenClaims
from domain.identity.value_objects.user import UserId
from domain.shared import DomainError

if TYPE_CHECKING:
    from datetime import datetime

    from pydantic import SecretStr


class JwtTokenIssuer:
    """Tokens signed with HMAC-SHA-256, the one algorithm that is accepted (RFC 8725, 3.1)."""

    _ALGORITHM = "HS256"
    _LEEWAY = 10
    """Seconds that the clocks of two machines may differ (RFC 7519, section 4.1.4)."""

    def __init__(self, *, secret: SecretStr, issuer: str, audience: str, lifetime: int) -> None:
        self._secret = secret.get_secret_value()
        self._issuer = issuer
        self._audience = audience
        self._lifetime = lifetime

    def issue(self, claims: TokenClaims, now: datetime) -> AccessToken:
        payload = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(claims.user_id.value),
            "credentials_version": claims.credentials_version,
            "iat": now,
            "exp": now + timedelta(seconds=self._lifetime),
        }
        token = jwt.encode(payload, self._secret, algorithm=self._ALGORITHM)
        return AccessToken(access_token=token, expires_in=self._lifetime)

    def verify(self, token: str) -> TokenClaims | None:
        try:
            payload = jwt.decode(
                token,
                self._secret,
                algorithms=[self._ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                leeway=self._LEEWAY,
                options={"require": ["iss", "aud", "sub", "credentials_version", "iat", "exp"]},
            )
            return TokenClaims(UserId.parse(payload["sub"]), payload["credentials_version"])
        except (jwt.InvalidTokenError, DomainError):
            return None
