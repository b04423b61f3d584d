import httpx
import pytest
from fastapi import FastAPI

from infrastructure.config import Settings
from tests.integration.http.fuzzing import faults_found
from tests.integration.http.identity.steps import a_member, an_admin

pytestmark = pytest.mark.fuzz


@pytest.fixture
async def admin(app: FastAPI, committing_client: httpx.AsyncClient) -> httpx.Headers:
    return await an_admin(app, committing_client)


@pytest.fixture
async def member(committing_client: httpx.AsyncClient) -> httpx.Headers:
    return await a_member(committing_client)


def test_the_service_keeps_to_its_document_for_admins(
    settings: Settings, admin: httpx.Headers
) -> None:
    faults = faults_found(settings, admin)

    assert not faults, "\n\n".join(faults)


def test_the_service_keeps_to_its_document_for_members(
    settings: Settings, member: httpx.Headers
) -> None:
    faults = faults_found(settings, member)

    assert not faults, "\n\n".join(faults)
