"""The service, and the issuer of its tokens."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI

from infrastructure.config import Settings
from presentation.app import create_app
from presentation.deps import close
from tests.integration.http.conftest import client_of
from tests.issuer import AUDIENCE, Issuer, running_issuer


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def trusting(settings: Settings, issuer: Issuer) -> Settings:
    """The settings of a service that accepts the tokens of the issuer."""
    return settings.model_copy(update={"oidc_issuer": issuer.url, "oidc_audience": AUDIENCE})


@pytest.fixture
async def app(trusting: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(trusting)
    yield app
    await close(app)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client
