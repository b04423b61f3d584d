"""Runs in the environment of a service with `authentication=external`; see ../tokens.py."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

import httpx
import jwt
from infrastructure.security.issuer_keys import IssuerKeys
from infrastructure.security.token_verifier import OidcTokenVerifier
from infrastructure.settings.tokens import ALGORITHMS
from presentation.app import create_app
from tests.issuer import AUDIENCE, Issuer, Key
from tests.settings import settings_for_tests

SECRET = "a-secret-that-only-the-tests-know"
ROUNDS = int(sys.argv[1])


class Answers:
    """An issuer that responds immediately."""

    def __init__(self, issuer: Issuer, *keys: Key) -> None:
        self._keys = {"keys": [key.jwk() for key in keys]}

    async def fetch_keys(self) -> object:
        return self._keys

    async def close(self) -> None:
        return


async def cost(work: Callable[[], Awaitable[object]], times: int) -> float:
    """Return the minimum CPU time of one verification, in microseconds."""
    least = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(times):
            await work()
        least = min(least, (time.process_time() - started) / times)
    return least * 1e6


async def main() -> None:
    issuer = Issuer("https://login.example.org")
    keys = {name: Key(name, name) for name in ("RS256", "PS256", "ES256", "EdDSA")}
    kept = IssuerKeys(
        Answers(issuer, *keys.values()), algorithms=ALGORITHMS, lifetime=3600.0, pause=10.0
    )
    rules = {"issuer": issuer.url, "audience": AUDIENCE}
    verifier = OidcTokenVerifier(kept, algorithms=ALGORITHMS, roles_claim="roles", **rules)
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    by_secret = jwt.encode(claims, SECRET, algorithm="HS256")

    async def with_secret() -> object:
        return jwt.decode(by_secret, SECRET, algorithms=["HS256"], **rules)

    floor = await cost(with_secret, 300)
    print("| | CPU µs | to HS256 |\n|---|---|---|")
    print(f"| a shared secret, HS256 (`own`) | {floor:.0f} | 1.0 |")
    for name, key in keys.items():
        token = issuer.token(key=key)
        assert await verifier.verify(token) is not None
        took = await cost(lambda token=token: verifier.verify(token), 300)
        print(f"| {name} (`external`) | {took:.0f} | {took / floor:.1f} |")

    settings = settings_for_tests("postgresql+asyncpg://nobody@localhost/none")
    changes = {"oidc_issuer": issuer.url, "oidc_audience": AUDIENCE, "log_level": "ERROR"}
    app = create_app(settings.model_copy(update=changes))
    app.state.issuer_keys._issuer = Answers(issuer, *keys.values())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        headers = {"Authorization": f"Bearer {issuer.token(key=keys['RS256'])}"}

        async def me() -> object:
            return (await client.get("/me", headers=headers)).raise_for_status()

        async def live() -> object:
            return (await client.get("/health/live")).raise_for_status()

        without = await cost(live, 50)
        print(f"| `GET /health/live`, in process | {without:.0f} | {without / floor:.1f} |")
        took = await cost(me, 50)
        print(f"| `GET /me` with RS256, in process | {took:.0f} | {took / floor:.1f} |")


if __name__ == "__main__":
    asyncio.run(main())
