"""The documents that other services need to verify our tokens."""

from collections.abc import AsyncIterator

import jwt
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from application.sessions import Sessions
from infrastructure.config import Settings
from presentation.app import create_app
from presentation.deps import bind, close
from tests.integration.http.conftest import client_of
from tests.integration.http.identity.steps import a_member, an_admin
from tests.keys import a_key, private_pem, public_pem

DISCOVERY, KEYS = "/.well-known/openid-configuration", "/.well-known/jwks.json"
ISSUER = "https://accounts.example.org"


@pytest.fixture
async def publishing_app(settings: Settings, sessions: Sessions) -> AsyncIterator[FastAPI]:
    """The service, with a private key for signing and a second key for a rotation."""
    changes = {
        "jwt_secret": None,
        "jwt_private_key": private_pem(a_key()),
        "jwt_second_key": public_pem(a_key("EdDSA")),
        "jwt_issuer": ISSUER,
    }
    app = create_app(settings.model_copy(update=changes))
    bind(app, sessions)
    yield app
    await close(app)


@pytest.fixture
async def publishing(publishing_app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client_of(publishing_app) as client:
        yield client


async def test_the_discovery_document_describes_the_service(publishing: AsyncClient) -> None:
    document = (await publishing.get(DISCOVERY)).json()

    assert document == {
        "issuer": ISSUER,
        "jwks_uri": f"{ISSUER}{KEYS}",
        "token_endpoint": f"{ISSUER}/auth/token",
        "token_endpoint_auth_methods_supported": ["none"],
        "grant_types_supported": ["password"],
        "response_types_supported": [],
        "subject_types_supported": ["public"],
    }


async def test_both_keys_are_published_each_with_what_belongs_to_its_kind(
    publishing: AsyncClient,
) -> None:
    ec, okp = (await publishing.get(KEYS)).json()["keys"]

    assert set(ec) == {"kid", "kty", "alg", "use", "crv", "x", "y"}
    assert set(okp) == {"kid", "kty", "alg", "use", "crv", "x"}
    assert (ec["alg"], okp["alg"]) == ("ES256", "EdDSA")


async def test_tokens_can_be_verified_with_the_published_keys(
    publishing: AsyncClient, publishing_app: FastAPI, settings: Settings
) -> None:
    for headers, roles in (
        (await a_member(publishing, "ada"), []),
        (await an_admin(publishing_app, publishing), ["admin"]),
    ):
        me = (await publishing.get("/users/me", headers=headers)).json()
        token = headers["Authorization"].removeprefix("Bearer ")
        keys = jwt.PyJWKSet.from_dict((await publishing.get(KEYS)).json())

        claims = jwt.decode(
            token,
            keys[jwt.get_unverified_header(token)["kid"]],
            issuer=ISSUER,
            audience=settings.jwt_audience,
        )

        assert claims["sub"] == me["id"]
        assert claims["roles"] == roles


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
async def test_the_published_documents_may_be_cached(publishing: AsyncClient, path: str) -> None:
    response = await publishing.get(path)

    assert response.headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
async def test_a_service_that_signs_with_a_secret_publishes_nothing(
    client: AsyncClient, path: str
) -> None:
    response = await client.get(path)

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"
    assert response.headers["cache-control"] == "no-store"
