"""The actor that a valid token belongs to."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from application.actors import Actor, ActorId
from infrastructure.security.issuer import HttpIssuer
from infrastructure.security.issuer_keys import IssuerKeys
from infrastructure.security.token_verifier import OidcTokenVerifier
from infrastructure.settings.tokens import ALGORITHMS
from tests.issuer import AUDIENCE, Issuer, Key

Verify = Callable[..., Awaitable[Actor | None]]


@pytest.fixture
async def verify(issuer: Issuer) -> AsyncIterator[Verify]:
    keys = IssuerKeys(
        HttpIssuer(issuer.url, jwks_uri="", timeout=5.0),
        algorithms=ALGORITHMS,
        lifetime=300.0,
        pause=10.0,
    )

    async def verify(
        token: str, *, roles_claim: str = "roles", algorithms: tuple[str, ...] = ALGORITHMS
    ) -> Actor | None:
        verifier = OidcTokenVerifier(
            keys,
            issuer=issuer.url,
            audience=AUDIENCE,
            algorithms=algorithms,
            roles_claim=roles_claim,
        )
        return await verifier.verify(token)

    yield verify
    await keys.close()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_tokens_of_every_algorithm_are_verified(
    verify: Verify, issuer: Issuer, algorithm: str
) -> None:
    key = Key("another", algorithm)
    issuer.publishes(key.jwk())

    assert await verify(issuer.token(key=key)) == Actor(ActorId.parse("ada"), frozenset())


async def test_an_algorithm_that_is_left_out_is_not_accepted(
    verify: Verify, issuer: Issuer
) -> None:
    assert await verify(issuer.token(), algorithms=("RS256", "EdDSA")) is None
    assert await verify(issuer.token(), algorithms=("ES256",)) is not None


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", None, ...])
async def test_a_token_may_name_its_type_or_not(
    verify: Verify, issuer: Issuer, kind: object
) -> None:
    assert await verify(issuer.token({}, {"typ": kind})) is not None


async def test_a_token_may_be_for_others_too(verify: Verify, issuer: Issuer) -> None:
    assert await verify(issuer.token({"aud": ["them", AUDIENCE]})) is not None


async def test_the_clocks_of_machines_may_differ_a_little(verify: Verify, issuer: Issuer) -> None:
    now = int(time.time())

    assert await verify(issuer.token({"iat": now + 5, "nbf": now + 5})) is not None
    assert await verify(issuer.token({"exp": now - 5})) is not None


ROLES: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "a list": ("roles", {"roles": ["clerk", "admin"]}, {"clerk", "admin"}),
    "a list, with a role twice": ("roles", {"roles": ["clerk", "clerk"]}, {"clerk"}),
    "inside another claim": (
        "realm_access.roles",
        {"realm_access": {"roles": ["clerk"]}},
        {"clerk"},
    ),
    "deep inside": (
        "resource_access.desk.roles",
        {"resource_access": {"desk": {"roles": ["clerk"]}}},
        {"clerk"},
    ),
    "a name with dots": (
        "https://example.org/roles",
        {"https://example.org/roles": ["clerk"]},
        {"clerk"},
    ),
    "the whole name first": ("a.b", {"a.b": ["whole"], "a": {"b": ["part"]}}, {"whole"}),
    "separated by spaces": ("scope", {"scope": "read write"}, {"read", "write"}),
    "missing": ("roles", {}, set()),
    "empty": ("roles", {"roles": []}, set()),
    "null": ("roles", {"roles": None}, set()),
    "an object": ("roles", {"roles": {"admin": True}}, set()),
    "a number": ("roles", {"roles": 1}, set()),
    "not texts": ("roles", {"roles": [1, None, ["admin"], "clerk"]}, {"clerk"}),
    "what no answer could hold": ("roles", {"roles": ["\ud800", "a\x00", "clerk"]}, {"clerk"}),
    "a way that leads nowhere": ("realm_access.roles", {"realm_access": ["roles"]}, set()),
    "of another claim": ("roles", {"groups": ["admin"]}, set()),
}


@pytest.mark.parametrize(("claim", "claims", "roles"), ROLES.values(), ids=ROLES)
async def test_roles_come_from_the_claim_that_the_setting_names(
    verify: Verify, issuer: Issuer, claim: str, claims: dict[str, Any], roles: set[str]
) -> None:
    actor = await verify(issuer.token(claims), roles_claim=claim)

    assert actor is not None
    assert actor.roles == roles
