"""Key pairs: reading PEM, and publishing the public half as a JSON Web Key (RFC 7517)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

if TYPE_CHECKING:
    from pydantic import SecretStr

PrivateKey: TypeAlias = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey
PublicKey: TypeAlias = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_KINDS = "RSA of 2048 bits or more, EC on P-256, P-384 or P-521, or Ed25519"


def read_private_key(pem: SecretStr) -> PrivateKey:
    """Return the private key. A line break may be written as `\\n`.

    Raises:
        ValueError: the key is not fit to sign tokens. The message does not quote it.
    """
    try:
        key = load_pem_private_key(_bytes(pem), password=None)
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"must be a private key in PEM: {_KINDS}") from None
    except TypeError:
        raise ValueError("must be a private key without a passphrase") from None
    if not isinstance(key, PrivateKey) or not algorithm_of(key.public_key()):
        raise ValueError(f"must be a key that can sign tokens: {_KINDS}")
    return key


def read_public_key(pem: SecretStr) -> PublicKey:
    """Return the public key. If a private key is given, return its public half.

    Raises:
        ValueError: the key is not fit to sign tokens. The message does not quote it.
    """
    if "PRIVATE KEY" in pem.get_secret_value():
        return read_private_key(pem).public_key()
    try:
        key = load_pem_public_key(_bytes(pem))
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"must be a key in PEM: {_KINDS}") from None
    if not isinstance(key, PublicKey) or not algorithm_of(key):
        raise ValueError(f"must be a key that can sign tokens: {_KINDS}")
    return key


def algorithm_of(key: PublicKey) -> str | None:
    """Return the signature algorithm of the key (RFC 7518; RFC 8037), or None if it has none."""
    match key:
        case RSAPublicKey():
            return "RS256" if key.key_size >= 2048 else None
        case EllipticCurvePublicKey():
            return _CURVES.get(key.curve.name)
        case _:
            return "EdDSA"


def to_jwk(key: PublicKey) -> dict[str, str]:
    """Return the key as a JWK, whose id is its thumbprint (RFC 7638)."""
    match key:
        case RSAPublicKey():
            jwk = RSAAlgorithm.to_jwk(key, as_dict=True)
        case EllipticCurvePublicKey():
            jwk = ECAlgorithm.to_jwk(key, as_dict=True)
        case _:
            jwk = OKPAlgorithm.to_jwk(key, as_dict=True)
    members = {name: jwk[name] for name in ("crv", "e", "kty", "n", "x", "y") if name in jwk}
    digest = sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    key_id = urlsafe_b64encode(digest).rstrip(b"=").decode()
    return members | {"kid": key_id, "use": "sig", "alg": str(algorithm_of(key))}


def _bytes(pem: SecretStr) -> bytes:
    return pem.get_secret_value().replace("\\r", "").replace("\\n", "\n").encode()
