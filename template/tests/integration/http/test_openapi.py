import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Header, Path, Query
from fastapi.security import HTTPBearer
from pydantic.alias_generators import to_camel

from application.errors import (
    AppConflictError,
    AppError,
    AppForbiddenError,
    AppNotFoundError,
    AppUnauthorizedError,
    AppUnavailableError,
    DomainConflictError,
)
from dev.openapi import CONTRACT, drift, promised
from presentation.errors import WIRE_MAP
from presentation.openapi import CREATED, DocumentedAPI, declared_codes, problems
from schemas.base import CamelModel, Problem

REFERENCE = "#/components/schemas/"


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


def test_every_error_response_is_declared_as_a_problem(
    operations: dict[str, dict[str, Any]],
) -> None:
    for name, operation in operations.items():
        problems = {s: r for s, r in operation["responses"].items() if s >= "400"}
        assert "500" in problems, name
        for status, response in problems.items():
            base, _ = response["content"]["application/problem+json"]["schema"]["allOf"]
            assert base == {"$ref": f"{REFERENCE}Problem{status}"}, name
            assert declared_codes(response), name


def test_a_problem_is_declared_with_its_status(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]

    for row in WIRE_MAP.values():
        base, own = schemas[f"Problem{row.status}"]["allOf"]
        assert base == {"$ref": f"{REFERENCE}Problem"}
        assert own["properties"]["status"]["const"] == row.status


def test_an_operation_describes_its_permission() -> None:
    app = DocumentedAPI()

    @dataclass(frozen=True)
    class Permission:
        text: str
        refusal: type[AppError] = AppForbiddenError

    @app.get("/orders", responses=problems(Permission("For clerks."), AppNotFoundError))
    async def orders() -> None:
        """List the orders."""

    operation = app.openapi()["paths"]["/orders"]["get"]
    assert operation["description"] == "List the orders.\n\nFor clerks."
    assert declared_codes(operation["responses"]["403"]) == ["forbidden"]
    assert "x-permission" not in str(operation)


def test_an_operation_declares_the_codes_of_all_that_it_refuses() -> None:
    class SoldOutError(AppConflictError):
        code = "sold_out"

    class WithdrawnError(DomainConflictError):
        code = "withdrawn"

    class StolenError(AppUnauthorizedError):
        code = "stolen"

    app = DocumentedAPI()

    @app.post(
        "/orders",
        responses=problems(SoldOutError, WithdrawnError, StolenError),
        dependencies=[Depends(HTTPBearer())],
    )
    async def orders() -> None: ...

    responses = app.openapi()["paths"]["/orders"]["post"]["responses"]
    assert declared_codes(responses["409"]) == ["sold_out", "withdrawn"]
    assert declared_codes(responses["401"]) == ["stolen", "unauthorized"]


def test_optional_members_of_a_problem_are_not_declared_as_null(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]

    for name in ("Problem", "InputProblem"):
        assert "null" not in str(schemas[name]["properties"])
        assert "None" not in str(schemas[name]["properties"])


def test_problems_that_follow_from_the_signature_are_declared_automatically() -> None:
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
        "/parcels": {"200", "409", "413", "422", "500"},
        "/secret": {"200", "401", "500"},
    }


def test_headers_are_declared_with_the_responses_that_carry_them() -> None:
    app = DocumentedAPI()

    @app.post("/parcels", status_code=201, responses=CREATED | problems(AppUnavailableError))
    async def parcels() -> None: ...

    responses = app.openapi()["paths"]["/parcels"]["post"]["responses"]
    declared = {status: set(response["headers"]) for status, response in responses.items()}
    assert declared == {
        "201": {"ETag", "Location", "X-Request-ID"},
        "500": {"X-Request-ID"},
        "503": {"Retry-After", "X-Request-ID"},
    }


def test_parameters_are_camel_case_like_all_that_is_on_the_wire(
    operations: dict[str, dict[str, Any]],
) -> None:
    for name, operation in operations.items():
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "header":
                assert parameter["name"] == to_camel(parameter["name"]), name


def _paths(app: FastAPI) -> Iterable[tuple[str, dict[str, Any]]]:
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return paths.items()


def test_every_schema_that_is_referred_to_exists(app: FastAPI) -> None:
    document = app.openapi()
    schemas = document["components"]["schemas"]

    referred_to = set(re.findall(rf"{REFERENCE}(\w+)", str(document)))
    assert {"Problem", "InputProblem"} <= referred_to <= set(schemas)
    assert "HTTPValidationError" not in str(document)


def test_every_operation_has_a_name_of_its_own_for_clients(
    operations: dict[str, dict[str, Any]],
) -> None:
    names = [operation["operationId"] for operation in operations.values()]

    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_no_operation_is_called_an_endpoint_unless_it_is_about_one(
    operations: dict[str, dict[str, Any]],
) -> None:
    for place, operation in operations.items():
        if "endpoint" not in place:
            assert not operation["operationId"].endswith("Endpoint"), place
            assert not operation["summary"].lower().endswith("endpoint"), place


def test_summaries_and_titles_are_in_plain_words() -> None:
    class Order(CamelModel):
        ordered_on: str

    app = DocumentedAPI()
    number = Path(alias="orderNumber")
    titled = Query(alias="pageSize", title="Orders per page")

    @app.post("/orders/{orderNumber}")
    async def change_order_endpoint(
        payload: Order,
        order_number: Annotated[int, number],
        page_size: Annotated[int, titled],
        if_match: Annotated[str, Header()],
    ) -> None: ...

    @app.get("/orders", summary="List the API's orders")
    async def list_orders_endpoint() -> None: ...

    document = app.openapi()
    changed, listed = (operation for _, path in _paths(app) for operation in path.values())
    assert (changed["summary"], listed["summary"]) == ("Change order", "List the API's orders")
    titles = [parameter["schema"]["title"] for parameter in changed["parameters"]]
    assert titles == ["Order number", "Orders per page", "If-Match"]
    order = document["components"]["schemas"]["Order"]
    assert order["properties"]["orderedOn"]["title"] == "Ordered on"


def test_a_change_that_is_not_in_the_contract_is_named(app: FastAPI) -> None:
    if changes := drift(app.openapi(), promised()):
        lines = "\n".join(f"  {line}" for line in changes)
        accept = (
            f"If clients can live with that, `uv run just openapi` writes it to {CONTRACT.name}."
        )
        pytest.fail(f"The API is not what {CONTRACT.name} promises.\n{lines}\n{accept}", False)
