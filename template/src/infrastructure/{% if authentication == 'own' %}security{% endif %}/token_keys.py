"""The keys of access tokens: a secret, or a private key whose public half is published."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any, TypeAlias

import jwt

from infrastructure.security.key_pairs import read_private_key, read_public_key, to_jwk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr


class SharedSecret:
    """HMAC-SHA-256. The secret is not published: whoever can verify a token can also sign one."""

    published: Sequence[dict[str, str]] = ()

    def __init__(self, secret: SecretStr) -> None:
        encoded = urlsafe_b64encode(secret.get_secret_value().encode()).decode()
        self._key = jwt.PyJWK({"kty": "oct", "k": encoded}, "HS256")

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key)

    def key_for(self, token: str) -> jwt.PyJWK:
        """Return the key with which to verify the token."""
        return self._key


class KeyPairs:
    """The first key signs. Tokens of both are accepted, and both public halves are published."""

    def __init__(self, private_key: SecretStr, second_key: SecretStr | None) -> None:
        self._private_key = read_private_key(private_key)
        public_keys = [self._private_key.public_key()]
        if second_key is not None:
            public_keys.append(read_public_key(second_key))
        published = [to_jwk(key) for key in public_keys]
        self.published: Sequence[dict[str, str]] = published
        self._signing = published[0]
        self._keys = {jwk["kid"]: jwt.PyJWK(jwk) for jwk in published}

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(
            claims,
            self._private_key,
            algorithm=self._signing["alg"],
            headers={"kid": self._signing["kid"]},
        )

    def key_for(self, token: str) -> jwt.PyJWK:
        """Return the key with which to verify the token.

        Raises:
            InvalidTokenError: the token does not name one of these keys.
        """
        key = self._keys.get(jwt.get_unverified_header(token).get("kid", ""))
        if key is None:
            raise jwt.InvalidTokenError
        return key


TokenKeys: TypeAlias = SharedSecret | KeyPairs


def token_keys(
    *, secret: SecretStr | None, private_key: SecretStr | None, second_key: SecretStr | None
) -> TokenKeys:
    """Return the keys in the settings, which ensure that one of the first two is set."""
    if private_key is not None:
        return KeyPairs(private_key, second_key)
    if secret is not None:
        return SharedSecret(secret)
    raise TypeError("neither a secret nor a private key was given")
