"""Verifying the access tokens of an external issuer: JWTs (RFC 7519)."""

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
"""Accepted values of `typ`: RFC 9068, section 2.1, and those of issuers that do not follow it.

JWTs of other types, such as logout tokens, proofs of possession or events, are not access tokens.
"""

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
    """Accepts tokens that the issuer signed for this audience; trusts no claim before that."""

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
        """Return the verified claims of the token.

        Raises:
            PyJWTError: the token is not valid.
        """
        key_id, algorithm = self._named_key(token)
        if not self._keys.knows(key_id):
            # Do not fetch keys for a token that would be refused anyway.
            self._decode(token, "", _CHECKS_OF_THE_CLAIMS)
        key = await self._keys.find(key_id, algorithm)
        if key is None:
            raise jwt.InvalidTokenError
        return self._decode(token, key, _CHECKS)

    def _named_key(self, token: str) -> tuple[str, str]:
        """Return the key id and the algorithm that the header of the token names."""
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
        """Return the roles in the token: a list, or a text separated by spaces.

        A claim with the whole name takes precedence, such as `https://example.org/roles`.
        """
        name = self._roles_claim
        found: Any = claims
        for step in [name] if name in claims else name.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        if isinstance(found, str):
            found = found.split()
        roles = found if isinstance(found, list) else []
        return frozenset(role for role in roles if isinstance(role, str) and role.isprintable())
