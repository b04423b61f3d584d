"""The error responses that clients get, with routes that only fail."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import structlog
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from application.errors import (
    AppConflictError,
    AppError,
    AppForbiddenError,
    AppNotFoundError,
    AppStaleError,
    AppTooManyRequestsError,
    AppUnauthorizedError,
    AppUnavailableError,
    AppValidationError,
    DomainConflictError,
    DomainError,
    RepoConflictError,
    RepoError,
    RepoUnavailableError,
    RepoValueError,
)
from domain.shared import Fault, InvalidInputError, Refusal
from infrastructure.config import Settings
from presentation.app import create_app
from presentation.errors import WIRE_MAP
from presentation.wire_error import WireError


class ParcelRequest(BaseModel):
    weight: int
    lines: list[dict[str, int]] = []


class Failing:
    """The route `/_fail` raises `error`."""

    error: Exception

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def answer(self, error: Exception) -> httpx.Response:
        Failing.error = error
        return await self._client.post("/_fail", json={})


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings.model_copy(update={"max_body_bytes": 200}))
    _add_failing_routes(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


@pytest.fixture
def failing(client: httpx.AsyncClient) -> Failing:
    return Failing(client)


def _add_failing_routes(app: FastAPI) -> None:
    @app.post("/_fail")
    async def fail(payload: dict[str, int]) -> None:
        raise Failing.error

    @app.get("/_odd-parcels")
    async def odd() -> None:
        raise DomainError("too big", code="too_big", path=("max_weight",))

    @app.put("/_parcels")
    async def stale() -> None:
        raise AppStaleError

    @app.get("/_break-off")
    async def break_off() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"first"
            raise RuntimeError("in the middle")

        return StreamingResponse(chunks())

    @app.post("/_parcels")
    async def parcels(payload: ParcelRequest, copies: int = 1) -> None:
        return

    @app.get("/_parcels")
    async def broken() -> ParcelRequest:
        return {"weight": "a secret"}  # type: ignore[return-value]  # the wrong type is the point of the test

    @app.put("/_par{rest}")
    async def anything() -> None:
        return


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (DomainError("no"), 422, "validation"),
        (DomainConflictError("no"), 409, "conflict"),
        (AppValidationError("no"), 422, "validation"),
        (AppUnauthorizedError("no"), 401, "unauthorized"),
        (AppForbiddenError("no"), 403, "forbidden"),
        (AppNotFoundError("no"), 404, "not_found"),
        (AppConflictError("no"), 409, "conflict"),
        (AppStaleError("no"), 409, "stale"),
        (AppTooManyRequestsError("no", retry_after=timedelta(seconds=1)), 429, "too_many_requests"),
        (AppUnavailableError("no"), 503, "unavailable"),
        (RepoConflictError("no"), 409, "conflict"),
        (RepoUnavailableError("no"), 503, "unavailable"),
        (RepoValueError("no"), 422, "validation"),
        (HTTPException(418, "no"), 418, "http_418"),
    ],
)
async def test_an_error_answers_with_its_status_and_code(
    failing: Failing, error: Exception, status: int, code: str
) -> None:
    response = await failing.answer(error)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert response.json()["code"] == code
    assert response.json()["detail"]


@pytest.mark.parametrize(
    "error",
    [AppError("secret"), RepoError("secret"), RuntimeError("secret"), HTTPException(500, "secret")],
)
async def test_an_unforeseen_error_reveals_no_detail(failing: Failing, error: Exception) -> None:
    response = await failing.answer(error)

    assert response.status_code == 500
    assert response.json() == {
        "type": "about:blank",
        "title": "Unknown",
        "status": 500,
        "code": "unknown",
    }


@pytest.mark.parametrize("error", [AppError("secret"), RuntimeError("secret")])
async def test_an_unforeseen_error_is_logged_in_full(failing: Failing, error: Exception) -> None:
    with structlog.testing.capture_logs() as lines:
        await failing.answer(error)

    assert any(line["log_level"] == "error" and line.get("exc_info") for line in lines)


async def test_a_broken_rule_names_the_input_in_the_spelling_of_the_wire(failing: Failing) -> None:
    response = await failing.answer(DomainError("too long", code="too_long", path=("first_name",)))

    assert response.json()["errors"] == [
        {"code": "too_long", "detail": "too long", "pointer": "#/firstName"}
    ]


async def test_all_broken_rules_are_named_with_their_codes_and_places(failing: Failing) -> None:
    faults = [
        Fault("too_small", "negative", ("price", "amount")),
        Fault("sold_out", "none left", ("order_lines", 0, "quantity")),
    ]

    response = await failing.answer(InvalidInputError(faults))

    assert (response.status_code, response.json()["code"]) == (422, "validation")
    assert response.json()["errors"] == [
        {"code": "too_small", "detail": "negative", "pointer": "#/price/amount"},
        {"code": "sold_out", "detail": "none left", "pointer": "#/orderLines/0/quantity"},
    ]


async def test_a_broken_rule_of_a_parameter_names_the_parameter(client: httpx.AsyncClient) -> None:
    response = await client.get("/_odd-parcels")

    assert response.json()["errors"] == [
        {"code": "too_big", "detail": "too big", "parameter": "maxWeight"}
    ]


async def test_a_lost_race_is_412_for_a_request_that_names_a_version(
    client: httpx.AsyncClient,
) -> None:
    unconditional = await client.put("/_parcels")
    conditional = await client.put("/_parcels", headers={"if-match": '"1"'})

    assert (unconditional.status_code, unconditional.json()["code"]) == (409, "stale")
    assert (conditional.status_code, conditional.json()["code"]) == (412, "stale")


async def test_a_refusal_has_a_code_of_its_own_and_the_status_of_its_kind(
    failing: Failing,
) -> None:
    class SoldOutError(AppConflictError):
        code = "sold_out"
        detail = "there is none left"
        path = ("book_id",)

    response = await failing.answer(SoldOutError())

    assert (response.status_code, response.json()["code"]) == (409, "sold_out")
    assert response.json()["errors"] == [
        {"code": "sold_out", "detail": "there is none left", "pointer": "#/bookId"}
    ]


async def test_a_kind_of_your_own_has_the_status_that_you_give_it(
    failing: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    class UnpaidError(AppError):
        code = "unpaid"
        detail = "pay first"

    monkeypatch.setitem(WIRE_MAP, UnpaidError, WireError(402, "Payment Required", UnpaidError.code))

    response = await failing.answer(UnpaidError())

    assert response.status_code == 402
    assert (response.json()["title"], response.json()["code"]) == ("Payment Required", "unpaid")


async def test_an_unauthorized_caller_is_told_how_to_authenticate(failing: Failing) -> None:
    response = await failing.answer(AppUnauthorizedError("who are you?"))

    assert response.headers["www-authenticate"] == "Bearer"


async def test_an_unavailable_service_says_when_to_come_back(failing: Failing) -> None:
    response = await failing.answer(AppUnavailableError("not now"))

    assert response.headers["retry-after"] == "5"


@pytest.mark.parametrize(("wait", "header"), [(30.0, "30"), (29.1, "30"), (0.001, "1")])
async def test_the_time_to_wait_after_too_many_attempts_is_in_whole_seconds(
    failing: Failing, wait: float, header: str
) -> None:
    response = await failing.answer(
        AppTooManyRequestsError("slowly", retry_after=timedelta(seconds=wait))
    )

    assert response.headers["retry-after"] == header


def test_every_kind_of_app_error_has_a_row_in_the_wire_map() -> None:
    kinds = [kind for kind in AppError.__subclasses__() if not kind.__module__.startswith("tests")]

    assert {AppError, *kinds} == set(WIRE_MAP)


def test_every_refusal_has_a_code_of_its_own() -> None:
    declared = [kind for kind in _subclasses(Refusal) if "code" in vars(kind)]

    ours = [kind for kind in declared if not kind.__module__.startswith("tests")]
    of_entities = [kind for kind in ours if re.match(r"domain\.(?!shared$)", kind.__module__)]

    # The code of a rule is its name, and entities may have rules of the same name.
    names = Counter((kind.__module__, kind.code) for kind in of_entities)
    codes = Counter({kind.code for kind in of_entities})
    codes.update(kind.code for kind in ours if kind not in of_entities)

    assert [name for name, count in names.items() if count > 1] == []
    # A refusal because of the current state looks the same, whichever stage detects it.
    assert {code for code, count in codes.items() if count > 1} == {"conflict"}


def _subclasses(kind: type[Refusal]) -> set[type[Refusal]]:
    return {kind}.union(*(_subclasses(child) for child in kind.__subclasses__()))


async def test_a_path_that_leads_nowhere_is_a_problem(client: httpx.AsyncClient) -> None:
    response = await client.get("/_nowhere")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_a_method_that_is_not_allowed_is_a_problem(client: httpx.AsyncClient) -> None:
    response = await client.delete("/_parcels")

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST, PUT"


async def test_input_of_the_wrong_shape_is_named_place_by_place(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/_parcels?copies=many", json={"weight": "heavy", "lines": [{"a/b~": "x"}]}
    )

    assert response.status_code == 422
    places = [(e.get("parameter"), e.get("pointer")) for e in response.json()["errors"]]
    assert places == [("copies", None), (None, "#/weight"), (None, "#/lines/0/a~1b~0")]
    assert "heavy" not in response.text


async def test_a_body_that_is_not_json_is_a_problem(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}

    broken = await client.post("/_parcels", content=b"{", headers=headers)
    undecodable = await client.post("/_parcels", content=b'"\xff"', headers=headers)

    assert broken.status_code == undecodable.status_code == 422
    assert broken.json()["errors"] == [
        {"code": "json_invalid", "detail": "the body is not JSON", "pointer": "#"}
    ]
    assert undecodable.json()["errors"] == [
        {"code": "unreadable", "detail": "the body cannot be read", "pointer": "#"}
    ]


async def test_only_the_first_of_very_many_faults_are_listed(client: httpx.AsyncClient) -> None:
    some = await client.post("/_parcels", json={"weight": 1, "lines": [0] * 40})
    many = await client.post("/_parcels", json={"weight": 1, "lines": [0] * 60})

    assert len(some.json()["errors"]) == 40
    assert len(many.json()["errors"]) == 50


async def test_a_response_that_violates_its_schema_is_neither_sent_nor_logged(
    client: httpx.AsyncClient,
) -> None:
    with structlog.testing.capture_logs() as lines:
        response = await client.get("/_parcels")

    assert (response.status_code, response.json()["code"]) == (500, "unknown")
    assert any("int_parsing at ('response', 'weight')" in line.get("faults", ()) for line in lines)
    assert "a secret" not in f"{lines} {response.text}"


async def test_a_body_that_declares_too_much_is_refused_unread(client: httpx.AsyncClient) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError
        yield b""

    for length in ("201", "9" * 5000):
        response = await client.post(
            "/_parcels", content=unread(), headers={"content-length": length}
        )

        assert (response.status_code, response.json()["code"]) == (413, "content_too_large")
        assert response.json()["detail"] == "a body has at most 200 bytes here"


async def test_a_body_that_turns_out_too_long_is_refused_at_once(
    client: httpx.AsyncClient,
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"x" * 100
        yield b"x" * 101
        raise AssertionError

    response = await client.post("/_parcels", content=chunks())

    assert (response.status_code, response.json()["code"]) == (413, "content_too_large")
    assert response.json()["detail"] == "a body has at most 200 bytes here"


async def test_a_body_within_the_limit_passes(client: httpx.AsyncClient) -> None:
    assert (await client.post("/_parcels", json={"weight": 3})).status_code == 200


async def test_a_response_that_breaks_off_is_logged_and_cut(client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines, pytest.raises(RuntimeError, match="middle"):
        await client.get("/_break-off")

    assert [line["event"] for line in lines] == ["unhandled error", "request"]
