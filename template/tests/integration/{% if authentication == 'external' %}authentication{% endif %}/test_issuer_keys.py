"""Caching the issuer's keys, and fetching them no more often than necessary."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from application.errors import AppUnavailableError
from infrastructure.security.issuer import HttpIssuer
from infrastructure.security.issuer_keys import IssuerKeys
from infrastructure.security.key_set import read_key_set
from infrastructure.settings.tokens import ALGORITHMS
from tests.issuer import DISCOVERY, KEYS, Issuer, Key


class Kept:
    """The cached keys, and a clock that only moves when a test moves it."""

    def __init__(self, issuer: Issuer, *, jwks_uri: str = "", timeout: float = 5.0) -> None:
        self.now = 1000.0
        self.others = asyncio.all_tasks()
        self.keys = IssuerKeys(
            HttpIssuer(issuer.url, jwks_uri=jwks_uri, timeout=timeout),
            algorithms=ALGORITHMS,
            lifetime=300.0,
            pause=10.0,
            now=lambda: self.now,
        )

    async def has(self, key_id: str) -> bool:
        return await self.keys.find(key_id, "ES256") is not None

    async def in_the_background(self) -> None:
        """Wait until the background tasks have finished."""
        for task in asyncio.all_tasks() - self.others - {asyncio.current_task()}:
            await task


@pytest.fixture
async def kept(issuer: Issuer) -> AsyncIterator[Kept]:
    kept = Kept(issuer)
    yield kept
    await kept.keys.close()


async def test_no_keys_are_fetched_before_the_first_token(kept: Kept, issuer: Issuer) -> None:
    assert issuer.asked == []


async def test_a_key_that_is_known_is_not_asked_for_again(kept: Kept, issuer: Issuer) -> None:
    for _ in range(3):
        assert await kept.has("first")

    assert issuer.asked == [DISCOVERY, KEYS]


async def test_concurrent_requests_share_one_fetch(kept: Kept, issuer: Issuer) -> None:
    issuer.delay = 0.05

    found = await asyncio.gather(*(kept.has("first") for _ in range(200)))

    assert all(found)
    assert issuer.asked == [DISCOVERY, KEYS]


async def test_a_new_key_is_asked_for_when_its_first_token_comes(
    kept: Kept, issuer: Issuer
) -> None:
    assert await kept.has("first")
    issuer.publishes(Key("second").jwk(), issuer.key.jwk())
    kept.now += 10

    found = await asyncio.gather(*(kept.has("second") for _ in range(200)))

    assert all(found)
    assert issuer.asked == [DISCOVERY, KEYS] * 2
    assert await kept.has("first")


async def test_an_unknown_key_is_fetched_once_and_not_again_during_the_pause(
    kept: Kept, issuer: Issuer
) -> None:
    assert await kept.has("first")
    kept.now += 10
    issuer.asked.clear()

    for number in range(50):
        assert not await kept.has("invented")
        assert not await kept.has(f"invented {number}")
    assert issuer.asked == [DISCOVERY, KEYS]

    kept.now += 10
    assert not await kept.has("invented")
    assert issuer.asked == [DISCOVERY, KEYS] * 2


async def test_old_keys_are_refreshed_without_making_requests_wait(
    kept: Kept, issuer: Issuer
) -> None:
    assert await kept.has("first")
    issuer.publishes(Key("second").jwk())
    kept.now += 300

    assert all([await kept.has("first") for _ in range(50)])
    await kept.in_the_background()

    assert issuer.asked == [DISCOVERY, KEYS] * 2
    assert await kept.has("second")
    assert not await kept.has("first"), "it was withdrawn"


async def test_while_the_issuer_is_down_known_keys_go_on(kept: Kept, issuer: Issuer) -> None:
    assert await kept.has("first")
    issuer.serves(KEYS, b"", status=503)
    issuer.asked.clear()

    for _ in range(3):
        kept.now += 300
        assert await kept.has("first")
        await kept.in_the_background()
        assert await kept.has("first")

    assert issuer.asked == [DISCOVERY, KEYS] * 3


async def test_while_the_issuer_is_down_an_unknown_key_is_not_called_unknown(
    kept: Kept, issuer: Issuer
) -> None:
    assert await kept.has("first")
    issuer.serves(KEYS, b"", status=503)
    kept.now += 10
    issuer.asked.clear()

    for _ in range(50):
        with pytest.raises(AppUnavailableError):
            await kept.has("second")
    assert issuer.asked == [DISCOVERY, KEYS]

    issuer.publishes(Key("second").jwk())
    kept.now += 10
    assert await kept.has("second")


async def test_an_issuer_that_comes_up_late_is_asked_again(kept: Kept, issuer: Issuer) -> None:
    issuer.serves(DISCOVERY, b"", status=404)
    with pytest.raises(AppUnavailableError):
        await kept.has("first")
    issuer.discovers()

    with pytest.raises(AppUnavailableError):
        await kept.has("first")
    kept.now += 10

    assert await kept.has("first")


async def test_with_a_configured_key_address_there_is_no_discovery(issuer: Issuer) -> None:
    kept = Kept(issuer, jwks_uri=f"{issuer.url}{KEYS}")

    assert await kept.has("first")

    assert issuer.asked == [KEYS]
    await kept.keys.close()


def a_redirect(issuer: Issuer) -> None:
    issuer.serves("/elsewhere", issuer.answers[KEYS][1])
    issuer.serves(KEYS, b"", status=302, Location=f"{issuer.url}/elsewhere")


BAD_ANSWERS = {
    "a redirect": a_redirect,
    "an error": lambda i: i.serves(KEYS, i.answers[KEYS][1], status=500),
    "no content": lambda i: i.serves(KEYS, b"", status=204),
    "no JSON": lambda i: i.serves(KEYS, b"<html>"),
    "no UTF-8": lambda i: i.serves(KEYS, b'{"keys": "\xff"}'),
    "JSON nested too deeply": lambda i: i.serves(KEYS, b"[" * 100_000),
    "too much": lambda i: i.serves(KEYS, b" " * 300_000 + i.answers[KEYS][1]),
    "no end": lambda i: i.serves(KEYS, b"{", Connection="close", **{"Content-Length": "9"}),
    "a list": lambda i: i.serves(KEYS, b"[]"),
    "keys that are no list": lambda i: i.serves(KEYS, b'{"keys": {"0": {}}}'),
    "no key": lambda i: i.publishes(),
    "keys that are no objects": lambda i: i.publishes(None, 1, "x", []),
    "discovery of another issuer": lambda i: i.discovers(issuer="https://evil.example"),
    "discovery without keys": lambda i: i.discovers(jwks_uri=None),
    "discovery that is a list": lambda i: i.serves(DISCOVERY, b"[]"),
    "keys at an address without TLS": lambda i: i.discovers(jwks_uri="http://192.0.2.1/keys"),
    "keys where nobody answers": lambda i: i.discovers(jwks_uri="http://127.0.0.1:1/keys"),
    "keys in a file": lambda i: i.discovers(jwks_uri="file:///etc/passwd"),
    "keys at no address": lambda i: i.discovers(jwks_uri="http://[::1"),
}


@pytest.mark.parametrize("spoil", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
async def test_an_invalid_response_leaves_the_cached_keys_unchanged(
    kept: Kept, issuer: Issuer, spoil: Any
) -> None:
    assert await kept.has("first")
    spoil(issuer)
    kept.now += 300

    assert await kept.has("first")
    await kept.in_the_background()

    assert await kept.has("first")
    with pytest.raises(AppUnavailableError):
        await kept.has("second")
    assert "/elsewhere" not in issuer.asked


async def test_a_slow_issuer_is_not_waited_for(issuer: Issuer) -> None:
    issuer.delay = 0.3
    kept = Kept(issuer, timeout=0.01)

    with pytest.raises(AppUnavailableError):
        await kept.has("first")

    await kept.keys.close()


async def test_a_remote_issuer_cannot_redirect_the_service_to_this_machine(issuer: Issuer) -> None:
    class Elsewhere(HttpIssuer):
        async def _get(self, address: str) -> Any:
            return {"issuer": "https://login.example.org", "jwks_uri": f"{issuer.url}{KEYS}"}

    elsewhere = Elsewhere("https://login.example.org", jwks_uri="", timeout=1.0)

    with pytest.raises(Exception, match="has an address of this machine"):
        await elsewhere.fetch_keys()

    assert issuer.asked == []
    await elsewhere.close()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_keys_of_every_kind_can_be_read(algorithm: str) -> None:
    key = Key("a", algorithm)

    assert set(read_key_set({"keys": [key.jwk()]}, ALGORITHMS)) == {("a", algorithm)}


def test_a_key_that_does_not_say_how_it_is_used_is_good_for_all_that_fits() -> None:
    document = {"keys": [Key("a", "RS256").jwk(alg=..., use=...), Key("b", "ES384").jwk(alg=...)]}

    found = set(read_key_set(document, ALGORITHMS))

    of_rsa = {("a", name) for name in ALGORITHMS if name[:2] in ("RS", "PS")}
    assert found == of_rsa | {("b", "ES384")}
    assert set(read_key_set(document, ("PS256",))) == {("a", "PS256")}


SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505 - the service must refuse it
UNFIT: dict[str, dict[str, Any]] = {
    "for encryption": {"use": "enc"},
    "for signing only": {"key_ops": ["sign"]},
    "operations that are none": {"key_ops": None},
    "for another algorithm": {"alg": "ES384"},
    "for a secret": {"alg": "HS256"},
    "a secret": {"kty": "oct", "k": "c2VjcmV0"},
    "with its private half": {"d": "AAAA"},
    "without an id": {"kid": ...},
    "an id that is no text": {"kid": 1},
    "without a kind": {"kty": ...},
    "a kind that is no text": {"kty": ["EC"]},
    "a curve that nobody uses": {"crv": "secp256k1"},
    "another curve": {"crv": "P-384"},
    "a point that is not on the curve": {"x": "AAAA"},
    "half a point": {"y": ...},
    "coordinates that are no text": {"x": 1},
    "coordinates that are a list": {"x": ["AAAA"]},
    "a private half that is no text": {"d": None},
}


@pytest.mark.parametrize("changes", UNFIT.values(), ids=UNFIT)
def test_only_unusable_keys_are_ignored(changes: dict[str, Any]) -> None:
    document = {"keys": [Key("unfit").jwk(**changes), Key("fit").jwk()]}

    assert set(read_key_set(document, ALGORITHMS)) == {("fit", "ES256")}


@pytest.mark.parametrize("changes", [{"n": "AQAB"}, {"e": ["AQAB"]}, {"n": 3}, {"n": ""}])
def test_an_invalid_rsa_key_is_ignored(changes: dict[str, Any]) -> None:
    document = {"keys": [Key("unfit", "RS256").jwk(**changes)]}

    assert read_key_set(document, ALGORITHMS) == {}


def test_a_short_rsa_key_is_left_out() -> None:
    short = Key("short", "RS256")
    short.private = SHORT

    assert read_key_set({"keys": [short.jwk()]}, ALGORITHMS) == {}


def test_of_two_keys_with_the_same_id_the_first_counts() -> None:
    one, other = Key("a"), Key("a")

    keys = read_key_set({"keys": [one.jwk(), other.jwk()]}, ALGORITHMS)

    assert keys["a", "ES256"].key.public_numbers() == one.private.public_key().public_numbers()


def test_the_number_of_cached_keys_is_limited() -> None:
    jwk = Key("a").jwk()

    keys = read_key_set({"keys": [jwk | {"kid": str(n)} for n in range(1000)]}, ALGORITHMS)

    assert len(keys) == 100
