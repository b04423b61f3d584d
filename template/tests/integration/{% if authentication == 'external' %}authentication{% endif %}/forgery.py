"""Forged and invalid tokens (RFC 8725; OWASP API2:2023), made from a valid one."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.issuer import Issuer, Key, base64url, encoded

Forge: TypeAlias = Callable[[Issuer], str]


def parts(token: str) -> tuple[str, str, str]:
    header, payload, signature = token.split(".")
    return header, payload, signature


def with_header(issuer: Issuer, header: dict[str, Any], signature: str = "") -> str:
    return f"{encoded(header)}.{parts(issuer.token())[1]}.{signature}"


def signed_with_secret(issuer: Issuer, secret: bytes, algorithm: str = "HS256") -> str:
    """Sign with public data as the secret: the algorithm confusion of RFC 8725, section 2.1."""
    header = {"alg": algorithm, "kid": issuer.key.id, "typ": "at+jwt"}
    message = f"{encoded(header)}.{parts(issuer.token())[1]}"
    return f"{message}.{base64url(hmac.digest(secret, message.encode(), hashlib.sha256))}"


def public_pem(issuer: Issuer) -> bytes:
    public = issuer.key.private.public_key()
    pem: bytes = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def with_raw_header(issuer: Issuer, header: bytes) -> str:
    return f"{base64url(header)}.{parts(issuer.token())[1]}.{parts(issuer.token())[2]}"


def other_subject(issuer: Issuer) -> str:
    header, _, signature = parts(issuer.token())
    return f"{header}.{parts(issuer.token({'sub': 'root'}))[1]}.{signature}"


def other_signature(issuer: Issuer) -> str:
    header, payload, signature = parts(issuer.token())
    return f"{header}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


STRANGERS = Key("first")  # with the key id of the issuer's own key
BROUGHT = {"jwk": STRANGERS.jwk()}

ATTACKS: dict[str, Forge] = {
    "algorithm none": lambda i: with_header(i, {"alg": "none", "kid": "first"}),
    "algorithm none in other letters": lambda i: with_header(i, {"alg": "nOnE", "kid": "first"}),
    "algorithm none, old signature": lambda i: with_header(
        i, {"alg": "none", "kid": "first"}, parts(i.token())[2]
    ),
    "algorithm HS256, the public key as secret": lambda i: signed_with_secret(i, public_pem(i)),
    "algorithm HS256, the published key as secret": lambda i: signed_with_secret(
        i, json.dumps(i.key.jwk()).encode()
    ),
    "algorithm HS256, no secret": lambda i: signed_with_secret(i, b""),
    "algorithm ES256, signed with a secret": lambda i: signed_with_secret(
        i, public_pem(i), "ES256"
    ),
    "an algorithm that is not the key's": lambda i: i.token({}, {"alg": "RS256"}),
    "an algorithm that nobody knows": lambda i: i.token({}, {"alg": "ES257"}),
    "an algorithm that is no text": lambda i: i.token({}, {"alg": ["ES256"]}),
    "no algorithm": lambda i: i.token({}, {"alg": ...}),
    "wrong key": lambda i: i.token(key=STRANGERS),
    "a key that the header brings": lambda i: i.token({}, BROUGHT, STRANGERS),
    "a key where the header says": lambda i: i.token({}, {"jku": "http://127.0.0.1:1/"}, STRANGERS),
    "a certificate that the header brings": lambda i: i.token({}, {"x5c": ["MA=="]}, STRANGERS),
    "a key that the issuer does not have": lambda i: i.token(key=Key("another")),
    "no key id": lambda i: i.token({}, {"kid": ...}),
    "a key id that is no text": lambda i: i.token({}, {"kid": 1}),
    "a key id that is a path": lambda i: i.token({}, {"kid": "../../../../dev/null"}),
    "a critical extension that nobody knows": lambda i: i.token({}, {"crit": ["x"], "x": 1}),
    "critical, but empty": lambda i: i.token({}, {"crit": []}),
    "a payload that is not encoded": lambda i: i.token({}, {"b64": False, "crit": ["b64"]}),
    "a token of a logout": lambda i: i.token({}, {"typ": "logout+jwt"}),
    "a proof of possession": lambda i: i.token({}, {"typ": "dpop+jwt"}),
    "a type that is no text": lambda i: i.token({}, {"typ": ["at+jwt"]}),
    "wrong issuer": lambda i: i.token({"iss": "them"}),
    "almost the issuer": lambda i: i.token({"iss": f"{i.url}/"}),
    "an issuer that is no text": lambda i: i.token({"iss": [i.url]}),
    "wrong audience": lambda i: i.token({"aud": "them"}),
    "part of the audience": lambda i: i.token({"aud": "the"}),
    "no audience in the list": lambda i: i.token({"aud": []}),
    "an audience that is no text": lambda i: i.token({"aud": {"the-tests": 1}}),
    "expired": lambda i: i.token({"exp": 1}),
    "an expiry that is no time": lambda i: i.token({"exp": "never"}),
    "an expiry without end": lambda i: i.token({"exp": float("inf")}),
    "not yet valid": lambda i: i.token({"nbf": 2**40}),
    "issued in the future": lambda i: i.token({"iat": 2**40}),
    "a subject that is a number": lambda i: i.token({"sub": 42}),
    "a subject that is empty": lambda i: i.token({"sub": ""}),
    "a subject that is too long": lambda i: i.token({"sub": "x" * 256}),
    "a subject with a NUL": lambda i: i.token({"sub": "a\x00"}),
    "a subject that is no text": lambda i: i.token({"sub": "\ud800"}),
    "no issuer": lambda i: i.token({"iss": ...}),
    "no audience": lambda i: i.token({"aud": ...}),
    "no subject": lambda i: i.token({"sub": ...}),
    "no time of issue": lambda i: i.token({"iat": ...}),
    "no expiry": lambda i: i.token({"exp": ...}),
    "tampered payload": other_subject,
    "tampered signature": other_signature,
    "no signature": lambda i: ".".join([*parts(i.token())[:2], ""]),
    "garbage": lambda i: "nonsense",
    "garbage in three parts": lambda i: "a.b.c",
    "a part too many": lambda i: f"{i.token()}.{parts(i.token())[2]}",
    "empty parts": lambda i: "..",
    "bytes that are no text": lambda i: with_raw_header(i, b"\xff\xfe"),
    "a header that is a list": lambda i: with_raw_header(i, b"[]"),
    "a header nested too deeply": lambda i: with_raw_header(i, b"[" * 20_000),
    "over-long": lambda i: i.token() + "A" * 50_000,
}
