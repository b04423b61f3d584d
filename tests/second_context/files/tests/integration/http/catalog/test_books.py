from typing import Any

import httpx
from fastapi import FastAPI
from httpx import AsyncClient, Response

from domain.catalog.value_objects.book import BookStatus
from schemas.catalog.book import BookResponse
from tests.integration.http.identity.steps import a_member, an_admin

BODY = {
    "isbn": "978-0-306-40615-7",
    "title": "Notes",
    "price": {"amount": "12.5", "currency": "EUR"},
}


async def write(client: AsyncClient, owner: httpx.Headers, **changes: Any) -> Response:
    return await client.post("/books", json=BODY | changes, headers=owner)


async def test_a_book_is_written_read_and_listed_by_its_owner(client: AsyncClient) -> None:
    ada, bob = [await a_member(client, name) for name in ("ada", "bob")]

    written = await write(client, ada)
    read = await client.get(written.headers["location"], headers=ada)
    listed = [(await client.get("/books", headers=who)).json() for who in (ada, bob)]

    assert (written.status_code, written.headers["etag"]) == (201, '"1"')
    assert read.json() == written.json()
    assert read.json()["price"] == {"amount": "12.50", "currency": "EUR"}
    assert listed == [{"items": [read.json()], "total": 1}, {"items": [], "total": 0}]


async def test_to_strangers_there_is_no_such_book_and_to_nobody_there_are_none(
    app: FastAPI, client: AsyncClient
) -> None:
    ada, bob, admin = [
        await a_member(client, "ada"),
        await a_member(client, "bob"),
        await an_admin(app, client),
    ]
    address = (await write(client, ada)).headers["location"]

    stranger = await client.get(address, headers=bob)
    meddler = await client.post(f"{address}/publish", headers=bob)
    nobody = await client.get(address)
    permitted = await client.get(address, headers=admin)

    assert (stranger.status_code, stranger.json()["code"]) == (404, "book_not_found")
    assert meddler.json() == stranger.json()
    assert nobody.status_code == 401
    assert permitted.status_code == 200


async def test_all_faults_come_in_one_answer_each_with_its_pointer(client: AsyncClient) -> None:
    ada = await a_member(client)

    refused = await write(
        client, ada, isbn="9780306406158", title=" ", price={"amount": "1,5", "currency": "eur"}
    )

    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("#/isbn", "invalid_isbn"),
        ("#/title", "too_short"),
        ("#/price/amount", "invalid_amount"),
        ("#/price/currency", "invalid_currency"),
    ]


async def test_a_book_is_revised_only_by_who_says_which_version(client: AsyncClient) -> None:
    ada = await a_member(client)
    address = (await write(client, ada)).headers["location"]
    body = {"title": "Other", "price": {"amount": "3", "currency": "USD"}, "note": "Signed."}

    unsaid = await client.put(address, json=body, headers=ada)
    stale = await client.put(address, json=body, headers={**ada, "If-Match": '"7"'})
    seen = await client.put(address, json=body, headers={**ada, "If-Match": '"1"'})

    assert (unsaid.status_code, unsaid.json()["code"]) == (428, "precondition_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (seen.status_code, seen.headers["etag"], seen.json()["title"]) == (200, '"2"', "Other")


async def test_each_refusal_has_its_code(client: AsyncClient) -> None:
    ada = await a_member(client)
    address = (await write(client, ada)).headers["location"]
    edition = {"label": "first", "year": 1843}

    taken = await write(client, ada)
    early = await client.post(f"{address}/withdraw", headers=ada)
    added = await client.post(f"{address}/editions", json=edition, headers=ada)
    again = await client.post(f"{address}/editions", json=edition, headers=ada)
    [part] = added.json()["editions"]
    removed = await client.delete(f"{address}/editions/{part['id']}", headers=ada)
    missing = await client.delete(f"{address}/editions/{part['id']}", headers=ada)
    await client.post(f"{address}/publish", headers=ada)
    late = await client.post(f"{address}/publish", headers=ada)
    withdrawn = await client.post(f"{address}/withdraw", headers=ada)
    closed = await client.post(f"{address}/editions", json=edition, headers=ada)

    assert removed.json()["editions"] == []
    assert withdrawn.json()["status"] == "withdrawn"
    refusals = [taken, early, again, missing, late, closed]
    assert [(refusal.status_code, refusal.json()["code"]) for refusal in refusals] == [
        (409, "isbn_taken"),
        (409, "not_published"),
        (409, "label_taken"),
        (404, "edition_not_found"),
        (409, "not_a_draft"),
        (409, "withdrawn"),
    ]


def test_the_document_names_every_status_of_a_book() -> None:
    declared = BookResponse.model_json_schema()["properties"]["status"]["enum"]

    assert declared == [*BookStatus]
