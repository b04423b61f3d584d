"""`GET /me`, and the refusal of invalid tokens, as a client sees them."""

import asyncio

import httpx
import pytest
import structlog
from fastapi import FastAPI

from infrastructure.config import Settings
from presentation.app import create_app
from presentation.deps import close
from tests.integration.authentication.forgery import ATTACKS, Forge
from tests.integration.http.conftest import client_of
from tests.integration.http.fuzzing import faults_found
from tests.issuer import DISCOVERY, KEYS, Issuer, Key


async def me(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get("/me", headers={"Authorization": f"Bearer {token}"})


async def test_a_token_of_the_issuer_identifies_the_actor(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    response = await me(client, issuer.token({"sub": "auth0|Ada", "roles": ["clerk", "admin"]}))

    assert response.status_code == 200
    assert response.json() == {"id": "auth0|Ada", "roles": ["admin", "clerk"]}


async def test_the_log_names_the_actor_of_a_request_and_of_no_other(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        await me(client, issuer.token({"sub": "auth0|Ada"}))
        await client.get("/me")

    actors = [line.get("actor") for line in lines if line["event"] == "request"]
    assert actors == ["auth0|Ada", None]


async def test_the_issuer_is_asked_once_and_not_for_each_request(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    answers = await asyncio.gather(
        *(me(client, issuer.token({"sub": f"user-{number}"})) for number in range(200))
    )

    assert {answer.json()["id"] for answer in answers} == {f"user-{n}" for n in range(200)}
    assert issuer.asked == [DISCOVERY, KEYS]


async def asked(issuer: Issuer) -> None:
    """Return as soon as the issuer has received a request."""
    while not issuer.asked:  # noqa: ASYNC110 - it runs in a thread, which cannot set an event here
        await asyncio.sleep(0.001)


async def assert_refused_like_nobody(client: httpx.AsyncClient, response: httpx.Response) -> None:
    nobody = await client.get("/me")
    assert response.status_code == nobody.status_code == 401
    assert response.content == nobody.content
    assert response.headers["www-authenticate"] == nobody.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("known", [True, False], ids=["keys known", "keys not known"])
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
async def test_invalid_tokens_are_refused_without_a_reason(
    client: httpx.AsyncClient, issuer: Issuer, attack: Forge, known: bool
) -> None:
    if known:
        await me(client, issuer.token())

    response = await me(client, attack(issuer))

    await assert_refused_like_nobody(client, response)


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Token", "Bear", ""])
async def test_a_good_token_under_another_scheme_is_refused(
    client: httpx.AsyncClient, issuer: Issuer, scheme: str
) -> None:
    headers = {"Authorization": f"{scheme} {issuer.token()}".strip()}

    response = await client.get("/me", headers=headers)

    await assert_refused_like_nobody(client, response)


async def test_invented_key_ids_do_not_trigger_further_fetches(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    await me(client, issuer.token())
    issuer.asked.clear()

    answers = await asyncio.gather(
        *(me(client, issuer.token(key=Key(f"invented-{number}"))) for number in range(200))
    )

    assert {answer.status_code for answer in answers} == {401}
    assert issuer.asked == []


async def test_a_token_is_not_called_invalid_while_the_issuer_is_down(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    issuer.serves(DISCOVERY, b"", status=500)

    answers = await asyncio.gather(*(me(client, issuer.token()) for _ in range(200)))

    assert {answer.status_code for answer in answers} == {503}
    assert answers[0].headers["retry-after"]
    assert answers[0].json()["code"] == "unavailable"
    assert issuer.asked == [DISCOVERY]
    assert (await client.get("/health/live")).status_code == 200
    assert (await client.get("/health/ready")).status_code == 200


async def test_faults_that_need_no_key_are_refused_without_the_issuer(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    issuer.serves(DISCOVERY, b"", status=500)

    for token in ("nonsense", issuer.token({"aud": "them"}), issuer.token({"exp": 0})):
        await assert_refused_like_nobody(client, await me(client, token))

    assert issuer.asked == []


async def test_a_service_that_stops_while_it_asks_does_not_wait(
    trusting: Settings, issuer: Issuer
) -> None:
    issuer.delay = 0.2
    app = create_app(trusting)

    async with client_of(app) as client:
        asking = asyncio.create_task(me(client, issuer.token()))
        await asked(issuer)
        await close(app)

        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_a_cancelled_request_does_not_cancel_the_fetch_for_others(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    issuer.delay = 0.1
    impatient, patient = (asyncio.create_task(me(client, issuer.token())) for _ in range(2))
    await asked(issuer)

    impatient.cancel()

    assert (await patient).status_code == 200


@pytest.mark.fuzz
@pytest.mark.usefixtures("committing")
def test_the_service_keeps_to_its_document_for_callers_with_a_token(
    trusting: Settings, issuer: Issuer
) -> None:
    faults = faults_found(trusting, {"Authorization": f"Bearer {issuer.token()}"})

    assert not faults, "\n\n".join(faults)


def test_the_document_says_how_a_token_is_sent(app: FastAPI) -> None:
    document = app.openapi()

    schemes = document["components"]["securitySchemes"]
    assert schemes == {"Bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    assert document["paths"]["/me"]["get"]["security"] == [{"Bearer": []}]
