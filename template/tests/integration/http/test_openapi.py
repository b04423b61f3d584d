from typing import Any

import httpx
import pytest
from fastapi import FastAPI

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


def test_an_operation_that_takes_input_declares_how_it_is_refused(
    operations: dict[str, dict[str, Any]],
) -> None:
    for name, operation in operations.items():
        if "requestBody" in operation:
            assert {"400", "413", "422"} <= set(operation["responses"]), name
        if "parameters" in operation:
            assert "422" in operation["responses"], name


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
