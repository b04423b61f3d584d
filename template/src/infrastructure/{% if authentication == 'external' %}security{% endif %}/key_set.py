"""Selecting the published keys of an issuer that are fit to verify tokens."""

from __future__ import annotations

from typing import Any, TypeAlias

from jwt import PyJWK, PyJWTError

_OF_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_OF_CURVES = {
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
}

_MOST_KEYS = 100
_RSA_BITS = range(2048, 8193)  # minimum: RFC 7518, section 3.3; maximum: cost of a check

KeySet: TypeAlias = dict[tuple[str, str], PyJWK]
"""Keys by id and algorithm: a key is used with its algorithm only (RFC 8725, section 3.1)."""


def read_key_set(document: Any, algorithms: tuple[str, ...]) -> KeySet:
    """Return the keys of a JWK set (RFC 7517) that are fit for these algorithms; ignore others."""
    found = document.get("keys") if isinstance(document, dict) else None
    keys: KeySet = {}
    for jwk in found[:_MOST_KEYS] if isinstance(found, list) else []:
        for algorithm in _uses(jwk):
            if algorithm in algorithms and (key := _key(jwk, algorithm)):
                keys.setdefault((jwk["kid"], algorithm), key)
    return keys


def _uses(jwk: Any) -> tuple[str, ...]:
    """Return the algorithms with which a key may verify signatures."""
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str):
        return ()
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list):
        return ()
    # If the private half is published too, anybody can sign.
    if "verify" not in operations or "d" in jwk:
        return ()
    kind = str(jwk.get("kty")), str(jwk.get("crv"))
    fitting = _OF_RSA if kind[0] == "RSA" else _OF_CURVES.get(kind, ())
    return tuple(name for name in fitting if jwk.get("alg", name) == name)


def _key(jwk: dict[str, Any], algorithm: str) -> PyJWK | None:
    try:
        key = PyJWK(jwk, algorithm)
    except PyJWTError:
        return None
    return key if jwk["kty"] != "RSA" or key.key.key_size in _RSA_BITS else None
