"""The service behind a proxy that serves it below a path: `--root-path`."""

import httpx
import pytest
from fastapi import FastAPI, Response

from infrastructure.config import Settings
from presentation.app import create_app
from presentation.deps.shared import RootPathDep
from presentation.deps.telemetry import is_health_check


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    app = create_app(settings)

    @app.post("/_parcels", status_code=201)
    async def parcels(response: Response, root_path: RootPathDep) -> None:
        response.headers["Location"] = f"{root_path}/_parcels/1"

    return app


@pytest.mark.parametrize("root_path", ["", "/api/v1"])
async def test_addresses_stay_below_it(app: FastAPI, root_path: str) -> None:
    transport = httpx.ASGITransport(app, root_path=root_path)
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://service{root_path}"
    ) as client:
        created = await client.post("/_parcels")
        refused = await client.delete("/_parcels")
        document = await client.get("/openapi.json")
        page = await client.get("/docs")

    assert created.headers["location"] == f"{root_path}/_parcels/1"
    assert (refused.status_code, refused.headers["allow"]) == (405, "OPTIONS, POST")
    assert document.json().get("servers", [{"url": ""}])[0] == {"url": root_path}
    assert 'url: "openapi.json"' in page.text


@pytest.mark.parametrize("root_path", ["", "/api/v1", "/health"])
def test_health_checks_are_known_below_it(root_path: str) -> None:
    checked = {"path": f"{root_path}/health/ready", "root_path": root_path}
    other = {"path": f"{root_path}/users", "root_path": root_path}

    assert is_health_check(checked)
    assert not is_health_check(other)
