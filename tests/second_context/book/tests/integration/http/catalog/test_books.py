from typing import get_args

from httpx import AsyncClient, Response

from domain.catalog.value_objects.book import BookStatus
from schemas.catalog.book import BookResponse
from tests.integration.http.actors import acting_as

ADA, BOB, ROOT = acting_as("ada"), acting_as("bob"), acting_as("root", "admin")
PRICE = {"amount": "12.5", "currency": "EUR"}
EMMA = {
    "isbn": "978-0-306-40615-7",
    "title": "Emma",
    "price": PRICE,
    "editions": [{"label": "first", "year": 1816.0}],
}
ANEW = {"title": "Emma, revised", "price": PRICE, "note": "Signed."}


async def write(client: AsyncClient) -> str:
    return (await client.post("/books", json=EMMA, headers=ADA)).headers["location"]


def outcome(response: Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_the_document_knows_each_status() -> None:
    declared = BookResponse.model_fields["status"].annotation

    assert set(get_args(declared)) == set(BookStatus)


async def test_a_book_is_found_where_its_location_says(acting: AsyncClient) -> None:
    written = await acting.post("/books", json=EMMA, headers=ADA)
    found = await acting.get(written.headers["location"], headers=ADA)

    assert (written.status_code, found.status_code) == (201, 200)
    assert found.json() == written.json()
    assert found.json()["price"] == {"amount": "12.50", "currency": "EUR"}
    assert found.headers["etag"] == written.headers["etag"] == '"1"'


async def test_to_strangers_there_is_no_such_book(acting: AsyncClient) -> None:
    address = await write(acting)

    read = await acting.get(address, headers=BOB)
    changed = await acting.post(f"{address}/publish", headers=BOB)
    listed = [(await acting.get("/books", headers=each)).json() for each in (ADA, BOB, ROOT)]

    assert outcome(read) == outcome(changed) == (404, "book_not_found")
    assert [each["total"] for each in listed] == [1, 0, 1]
    assert (await acting.get(address)).status_code == 401


async def test_a_revision_says_which_version_it_is_of(acting: AsyncClient) -> None:
    address = await write(acting)

    unsaid = await acting.put(address, json=ANEW, headers=ADA)
    stale = await acting.put(address, json=ANEW, headers={**ADA, "If-Match": '"7"'})
    seen = await acting.put(address, json=ANEW, headers={**ADA, "If-Match": '"1"'})

    assert outcome(unsaid) == (428, "precondition_required")
    assert outcome(stale) == (412, "stale")
    assert (seen.status_code, seen.headers["etag"]) == (200, '"2"')


async def test_each_refusal_has_a_code_of_its_own(acting: AsyncClient) -> None:
    address = await write(acting)

    taken = await acting.post("/books", json=EMMA, headers=BOB)
    early = await acting.post(f"{address}/withdraw", headers=ADA)
    await acting.post(f"{address}/publish", headers=ADA)
    twice = await acting.post(f"{address}/publish", headers=ADA)
    await acting.post(f"{address}/withdraw", headers=ADA)
    late = await acting.put(address, json=ANEW, headers={**ADA, "If-Match": "*"})

    codes = ["isbn_taken", "not_published", "no_draft", "withdrawn"]
    assert [outcome(each) for each in (taken, early, twice, late)] == [(409, c) for c in codes]


async def test_all_faults_are_told_at_once_each_with_its_place(acting: AsyncClient) -> None:
    editions = [{"label": " ", "year": 1816}, {"label": "second", "year": 1}]
    price = {"amount": "1.234", "currency": "eur"}
    body = {"isbn": "9780306406158", "title": "Emma", "price": price, "editions": editions}

    refused = await acting.post("/books", json=body, headers=ADA)

    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
        ("#/isbn", "invalid_isbn"),
        ("#/price/amount", "too_precise"),
        ("#/price/currency", "invalid_currency"),
        ("#/editions/0/label", "too_short"),
        ("#/editions/1/year", "invalid_year"),
    ]
