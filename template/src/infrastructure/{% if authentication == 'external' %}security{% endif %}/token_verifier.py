"""Access tokens that an issuer elsewhere has signed: JWTs (RFC 7519)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt

from application.actors import Actor, ActorId
from domain.shared import DomainError

if TYPE_CHECKING:
    from jwt.types import Options

    from infrastructure.security.issuer_keys import IssuerKeys

_LEEWAY = 10
"""Seconds that the clocks of two machines may differ (RFC 7519, section 4.1.4)."""

_TYPES = (None, "jwt", "at+jwt", "application/at+jwt")
"""Of RFC 9068, section 2.1, and what issuers write who do not keep to it. No other is a token for us:
not one of a logout, of a proof of possession or of an event."""

_CHECKS: Options = {
    "require": ["iss", "aud", "sub", "iat", "exp"],
    "enforce_minimum_key_length": True,
}
_CHECKS_OF_THE_CLAIMS: Options = {
    **_CHECKS,
    "verify_signature": False,
    "verify_iss": True,
    "verify_aud": True,
    "verify_sub": True,
    "verify_iat": True,
    "verify_nbf": True,
    "verify_exp": True,
}


class OidcTokenVerifier:
    """Accepts what the issuer signed for this audience, and believes nothing before that is sure."""

    def __init__(
        self,
        keys: IssuerKeys,
        *,
        issuer: str,
        audience: str,
        algorithms: tuple[str, ...],
        roles_claim: str,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._algorithms = algorithms
        self._roles_claim = roles_claim

    async def verify(self, token: str) -> Actor | None:
        try:
            claims = await self._claims(token)
            return Actor(ActorId.parse(claims["sub"]), self._roles(claims))
        except (jwt.PyJWTError, DomainError):
            return None

    async def _claims(self, token: str) -> dict[str, Any]:
        """Return what the token says.

        Raises:
            PyJWTError: it proves nothing.
        """
        key_id, algorithm = self._named_key(token)
        if not self._keys.knows(key_id):
            # The issuer is not asked about what would be refused anyway.
            self._decode(token, "", _CHECKS_OF_THE_CLAIMS)
        key = await self._keys.find(key_id, algorithm)
        if key is None:
            raise jwt.InvalidTokenError
        return self._decode(token, key, _CHECKS)

    def _named_key(self, token: str) -> tuple[str, str]:
        """Return the id of the key that the token says it is signed with, and the algorithm."""
        header = jwt.get_unverified_header(token)
        key_id, algorithm, kind = header.get("kid"), header.get("alg"), header.get("typ")
        if (kind.lower() if isinstance(kind, str) else kind) not in _TYPES:
            raise jwt.InvalidTokenError
        if not isinstance(key_id, str) or algorithm not in self._algorithms:
            raise jwt.InvalidTokenError
        return key_id, algorithm

    def _decode(self, token: str, key: jwt.PyJWK | str, checks: Options) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=self._algorithms,
            issuer=self._issuer,
            audience=self._audience,
            leeway=_LEEWAY,
            options=checks,
        )

    def _roles(self, claims: dict[str, Any]) -> frozenset[str]:
        """Return the roles that the token names: in a list, or in a text, separated by spaces.

        A claim of the whole name goes first, for names such as `https://example.org/roles`.
        """
        name = self._roles_claim
        found: Any = claims
        for step in [name] if name in claims else name.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        if isinstance(found, str):
            found = found.split()
        roles = found if isinstance(found, list) else []
        return frozenset(role for role in roles if isinstance(role, str) and role.isprintable())
