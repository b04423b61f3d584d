"""Creates the forged tokens of a service's own tests, so that another service can be tested with them.

It runs in the environment of the first service and imports its tests. It reads a valid token and the
private key that signs it from standard input. It prints two sets of tokens, by the names of the attacks:
the tokens of an attacker who only knows the public keys, and of one who has the private key.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from tests.integration.http.identity.test_tokens import (  # type: ignore[import-not-found]  # from the service
    ATTACKS,
    HS256,
    Forger,
    _base64,
    _encoded,
)


class Insider(Forger):  # type: ignore[misc]  # for the same reason
    """Signs with the private key where the tests sign with the secret."""

    def __init__(self, good: str, private_key: Any) -> None:
        super().__init__(good, "")
        self.private_key = private_key

    def signed(
        self,
        changes: dict[str, Any] | None = None,
        *,
        header: dict[str, Any] = HS256,
        secret: str | None = None,
        hash_name: str = "sha256",
    ) -> str:
        claims = {k: v for k, v in (self.claims | (changes or {})).items() if v is not ...}
        honest = jwt.get_unverified_header(self.good)
        written = honest | {name: value for name, value in header.items() if name != "alg"}
        if "alg" not in header:
            del written["alg"]
        elif header["alg"] != "HS256":
            written["alg"] = header["alg"]
        message = f"{_encoded(written)}.{_encoded(claims)}"
        key = self.private_key if secret is None else generate_private_key(SECP256R1())
        signature = jwt.get_algorithm_by_name("ES256").sign(message.encode(), key)
        return f"{message}.{_base64(signature)}"


def main() -> None:
    given = json.load(sys.stdin)
    private_key = load_pem_private_key(given["private_key"].encode(), password=None)
    public = private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    forgers = {
        "outsider": Forger(given["good"], public.decode()),
        "insider": Insider(given["good"], private_key),
    }
    claims = ["iss", "aud", "sub", "iat", "exp"]
    json.dump(
        {
            name: {attack: forge(forger) for attack, forge in ATTACKS.items()}
            | {f"without {claim}": forger.signed({claim: ...}) for claim in claims}
            for name, forger in forgers.items()
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
