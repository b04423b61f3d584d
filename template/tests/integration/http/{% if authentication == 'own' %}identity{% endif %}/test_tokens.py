"""Only valid tokens are accepted, and no refusal gives a reason (RFC 8725; OWASP API2:2023)."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import delete

from application.sessions import Sessions
from infrastructure.config import Settings
from infrastructure.persistence.identity.models.user import UserModel
from tests.integration.http.identity.steps import (
    NEW_PASSWORD,
    PASSWORD,
    a_member,
    an_admin,
    log_in,
)
from tests.settings import JWT_SECRET

HS256 = {"alg": "HS256", "typ": "JWT"}


class Forger:
    """Forges tokens, from a valid token and the secret that signs it."""

    def __init__(self, good: str, secret: str) -> None:
        self.good = good
        self.secret = secret
        self.header, self.payload, self.signature = good.split(".")
        self.claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(self.payload + "=="))

    def signed(
        self,
        changes: dict[str, Any] | None = None,
        *,
        header: dict[str, Any] = HS256,
        secret: str | None = None,
        hash_name: str = "sha256",
    ) -> str:
        """Sign the valid claims with these changes; `...` omits a claim."""
        claims = {k: v for k, v in (self.claims | (changes or {})).items() if v is not ...}
        message = f"{_encoded(header)}.{_encoded(claims)}"
        key = (self.secret if secret is None else secret).encode()
        return f"{message}.{_base64(hmac.digest(key, message.encode(), hash_name))}"

    def with_header(self, header: bytes) -> str:
        """Sign the valid claims with a header that need not be JSON."""
        message = f"{_base64(header)}.{self.payload}"
        return f"{message}.{_base64(hmac.digest(self.secret.encode(), message.encode(), 'sha256'))}"


def _encoded(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _other(character: str) -> str:
    return "A" if character != "A" else "B"


ATTACKS: dict[str, Callable[[Forger], str]] = {
    "algorithm none": lambda f: f"{_encoded({'alg': 'none'})}.{f.payload}.",
    "algorithm none in other letters": lambda f: f"{_encoded({'alg': 'nOnE'})}.{f.payload}.",
    "algorithm none, old signature": lambda f: f.good.replace(
        f.header, _encoded({"alg": "none"}), 1
    ),
    "algorithm HS512, right key": lambda f: f.signed(
        header=HS256 | {"alg": "HS512"}, hash_name="sha512"
    ),
    "algorithm RS256, the secret as key": lambda f: f.signed(header=HS256 | {"alg": "RS256"}),
    "no algorithm": lambda f: f.signed(header={"typ": "JWT"}),
    "a key that the header brings": lambda f: f.signed(
        header=HS256 | {"jwk": {"kty": "oct", "k": _base64(b"k" * 32)}}, secret="k" * 32
    ),
    "a critical extension that nobody knows": lambda f: f.signed(
        header=HS256 | {"crit": ["x"], "x": 1}
    ),
    "wrong key": lambda f: f.signed(secret="somebody-else's-secret-of-32-bytes"),
    "empty key": lambda f: f.signed(secret=""),
    "wrong issuer": lambda f: f.signed({"iss": "them"}),
    "wrong audience": lambda f: f.signed({"aud": "them"}),
    "expired": lambda f: f.signed({"exp": f.claims["iat"] - 60}),
    "not yet valid": lambda f: f.signed({"nbf": f.claims["exp"]}),
    "issued in the future": lambda f: f.signed({"iat": f.claims["exp"]}),
    "tampered payload": lambda f: ".".join(
        [f.header, _encoded(f.claims | {"sub": str(uuid4())}), f.signature]
    ),
    "tampered signature": lambda f: ".".join(
        [f.header, f.payload, _other(f.signature[0]) + f.signature[1:]]
    ),
    "no signature": lambda f: f"{f.header}.{f.payload}.",
    "somebody who does not exist": lambda f: f.signed({"sub": str(uuid4())}),
    "a subject that is no id": lambda f: f.signed({"sub": "ada"}),
    "a subject that is a number": lambda f: f.signed({"sub": 42}),
    "older credentials": lambda f: f.signed({"credentials_version": 0}),
    "newer credentials": lambda f: f.signed({"credentials_version": 2}),
    "garbage": lambda f: "nonsense",
    "garbage in three parts": lambda f: "a.b.c",
    "a part too many": lambda f: f"{f.good}.{f.signature}",
    "empty parts": lambda f: "..",
    "bytes that are no text": lambda f: f.with_header(b"\xff\xfe"),
    "a header nested too deeply": lambda f: f.with_header(b"[" * 20_000),
    "over-long": lambda f: f.good + "A" * 50_000,
    "empty": lambda f: "",
}


@pytest.fixture
async def forger(client: AsyncClient, settings: Settings) -> Forger:
    good = (await a_member(client, "ada"))["Authorization"].removeprefix("Bearer ")
    return Forger(good, JWT_SECRET)


async def _me(client: AsyncClient, authorization: str | None = None) -> Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return await client.get("/users/me", headers=headers)


async def _assert_refused_like_nobody(client: AsyncClient, response: Response) -> None:
    nobody = await _me(client)
    assert response.status_code == nobody.status_code == 401
    assert response.content == nobody.content
    assert response.headers["www-authenticate"] == nobody.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
async def test_forged_and_foreign_tokens_are_refused(
    client: AsyncClient, forger: Forger, attack: Callable[[Forger], str]
) -> None:
    response = await _me(client, f"Bearer {attack(forger)}")

    await _assert_refused_like_nobody(client, response)


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "credentials_version", "iat", "exp"])
async def test_a_token_that_leaves_something_out_is_refused(
    client: AsyncClient, forger: Forger, claim: str
) -> None:
    response = await _me(client, f"Bearer {forger.signed({claim: ...})}")

    await _assert_refused_like_nobody(client, response)


async def test_the_token_that_the_attacks_are_made_from_is_valid(
    client: AsyncClient, forger: Forger
) -> None:
    for token in (forger.good, forger.signed()):
        assert (await _me(client, f"Bearer {token}")).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Token", "Bear", ""])
async def test_a_good_token_under_another_scheme_is_refused(
    client: AsyncClient, forger: Forger, scheme: str
) -> None:
    response = await _me(client, f"{scheme} {forger.good}".strip())

    await _assert_refused_like_nobody(client, response)


async def test_a_token_stops_working_as_soon_as_its_bearer_is_deactivated(
    app: FastAPI, client: AsyncClient
) -> None:
    ada, admin = await a_member(client, "ada"), await an_admin(app, client)
    ada_id = (await client.get("/users/me", headers=ada)).json()["id"]

    await client.post(f"/users/{ada_id}/deactivate", headers=admin)

    await _assert_refused_like_nobody(client, await _me(client, ada["Authorization"]))
    assert (await log_in(client, "ada")).status_code == 401


async def test_a_reactivation_does_not_restore_old_tokens(
    app: FastAPI, client: AsyncClient
) -> None:
    ada, admin = await a_member(client, "ada"), await an_admin(app, client)
    ada_id = (await client.get("/users/me", headers=ada)).json()["id"]

    await client.post(f"/users/{ada_id}/deactivate", headers=admin)
    await client.post(f"/users/{ada_id}/reactivate", headers=admin)

    await _assert_refused_like_nobody(client, await _me(client, ada["Authorization"]))
    assert (await log_in(client, "ada")).status_code == 200


async def test_a_token_of_a_deleted_user_is_refused(
    client: AsyncClient, sessions: Sessions
) -> None:
    ada = await a_member(client, "ada")

    async with sessions.write() as session, session.begin():
        await session.execute(delete(UserModel))

    await _assert_refused_like_nobody(client, await _me(client, ada["Authorization"]))


async def test_a_changed_password_revokes_all_earlier_tokens(client: AsyncClient) -> None:
    first = await a_member(client, "ada")
    second = (await log_in(client, "ada")).json()["access_token"]
    body = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}

    await client.put("/users/me/password", json=body, headers=first)

    await _assert_refused_like_nobody(client, await _me(client, first["Authorization"]))
    await _assert_refused_like_nobody(client, await _me(client, f"Bearer {second}"))
    third = (await log_in(client, "ada", NEW_PASSWORD)).json()["access_token"]
    assert (await _me(client, f"Bearer {third}")).status_code == 200


@pytest.mark.parametrize(("field", "value"), [("username", "lady"), ("email", "l@example.org")])
async def test_another_name_or_email_ends_no_token(
    client: AsyncClient, field: str, value: str
) -> None:
    ada = await a_member(client, "ada")

    await client.put(f"/users/me/{field}", json={field: value}, headers=ada)

    assert (await _me(client, ada["Authorization"])).status_code == 200
