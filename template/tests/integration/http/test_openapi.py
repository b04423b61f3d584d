from collections.abc import Iterable
from typing import Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from pydantic.alias_generators import to_camel

from application.errors import AppConflictError, AppUnavailableError
from presentation.openapi import CREATED, DocumentedAPI, problems
from schemas.base import Problem

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.fixture
def operations(app: FastAPI) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    }


async def test_the_document_is_served(client: httpx.AsyncClient) -> None:
    response = await client.get("/openapi.json")

    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.")


def test_every_response_that_is_no_success_is_declared_as_a_problem(
    operations: dict[str, dict[str, Any]],
) -> None:
    for name, operation in operations.items():
        problems = {s: r for s, r in operation["responses"].items() if not s.startswith("2")}
        assert "500" in problems, name
        assert all(response["content"] == PROBLEM for response in problems.values()), name


def test_what_follows_from_an_operation_is_declared_by_itself() -> None:
    app = DocumentedAPI()

    @app.get("/plain")
    async def plain() -> None: ...

    @app.get("/page")
    async def page(number: int) -> None: ...

    @app.post("/parcels", responses=problems(AppConflictError))
    async def parcels(payload: Problem) -> None: ...

    @app.get("/secret", dependencies=[Depends(HTTPBearer())])
    async def secret() -> None: ...

    declared = {path: set(methods.popitem()[1]["responses"]) for path, methods in _paths(app)}
    assert declared == {
        "/plain": {"200", "500"},
        "/page": {"200", "422", "500"},
        "/parcels": {"200", "400", "409", "413", "422", "500"},
        "/secret": {"200", "401", "500"},
    }


def test_headers_are_declared_with_the_responses_that_carry_them() -> None:
    app = DocumentedAPI()

    @app.post("/parcels", status_code=201, responses=CREATED | problems(AppUnavailableError))
    async def parcels() -> None: ...

    responses = app.openapi()["paths"]["/parcels"]["post"]["responses"]
    declared = {status: set(response["headers"]) for status, response in responses.items()}
    assert declared == {
        "201": {"Location", "X-Request-ID"},
        "500": {"X-Request-ID"},
        "503": {"Retry-After", "X-Request-ID"},
    }


def test_parameters_are_camel_case_like_all_that_is_on_the_wire(
    operations: dict[str, dict[str, Any]],
) -> None:
    for name, operation in operations.items():
        for parameter in operation.get("parameters", []):
            assert parameter["name"] == to_camel(parameter["name"]), name


def _paths(app: FastAPI) -> Iterable[tuple[str, dict[str, Any]]]:
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return paths.items()


def test_every_schema_that_is_referred_to_exists(app: FastAPI) -> None:
    document = app.openapi()
    schemas = document["components"]["schemas"]

    assert {"Problem", "InputProblem"} <= set(schemas)
    assert "HTTPValidationError" not in str(document)


def test_every_operation_has_a_name_of_its_own_for_clients(
    operations: dict[str, dict[str, Any]],
) -> None:
    names = [operation["operationId"] for operation in operations.values()]

    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and not name.endswith("Endpoint") for name in names)
