"""A day at the bookshop: a book is put on sale, ordered, and sent."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from telling import JSON, Person, address, require

SERVICE = address()
ANN = Person(SERVICE, "ann")
BEN = Person(SERVICE, "ben")
BELLA = Person(SERVICE, "bella", "bookseller")
CLARA = Person(SERVICE, "clara", "clerk")
ROOT = Person(SERVICE, "root", "admin")


def euros(amount: str) -> JSON:
    return {"amount": amount, "currency": "EUR"}


def on_sale() -> str:
    """Return the number of a book that is on sale, when Ben has one put aside."""
    novel: JSON = {
        "isbn": "9780306406157",
        "title": "The Long Afternoon",
        "pages": 320,
        "price": euros("18.00"),
        "lowestPrice": euros("12.00"),
        "keywords": ["summer"],
    }
    ANN.is_refused("Ann adds a book to the shop.", "forbidden", "POST", "/books", novel)
    BELLA.is_refused(
        "Bella, who sells books, adds it for less than its lowest price.",
        "not_below_the_lowest_price",
        *("POST", "/books", {**novel, "price": euros("9.00")}),
    )
    added = BELLA.post("She adds it for more.", "/books", novel)
    book = f"/books/{added.json()['id']}"
    BELLA.is_refused("She adds it again.", "book_isbn_taken", "POST", "/books", novel)
    cheaper = {"price": euros("15.00"), "lowestPrice": euros("12.00")}
    BELLA.is_refused(
        "She lowers the price, without saying what she has read.",
        "precondition_required",
        *("POST", f"{book}/reprice", cheaper),
    )
    BELLA.post("She says it, and the price is lower.", f"{book}/reprice", cheaper, seen=added)
    BELLA.is_refused(
        "From the page that she had open before, she lowers it once more.",
        "stale",
        *("POST", f"{book}/reprice", cheaper),
        seen=added,
    )
    BELLA.post("She puts the book on sale.", f"{book}/publish")
    ROOT.is_refused("Not even an admin can remove it now.", "cannot_remove_book", "DELETE", book)
    books = ANN.get("Ann looks at what there is.", "/books").json()["items"]
    require("It is a novel, as nobody has said otherwise.", holds=books[0]["genre"] == "novel")
    wish: JSON = {"bookId": books[0]["id"], "untilDay": "2026-04-15"}
    BEN.post("Ben has a copy put aside.", "/reservations", wish)
    BEN.is_refused(
        "He asks for a second copy.",
        "reservation_book_taken",
        *("POST", "/reservations", {**wish, "untilDay": "2026-05-15"}),
    )
    ANN.post("Ann may have one, too.", "/reservations", wish)
    BEN.is_refused(
        "He wants another one, of a book that the shop does not have.",
        "reservation_book_unknown",
        *("POST", "/reservations", {**wish, "bookId": "00000000-0000-4000-8000-000000000000"}),
    )
    return str(books[0]["isbn"])


def ordered(isbn: str) -> None:
    wanted: JSON = {
        "reference": "A-1001",
        "lines": [{"isbn": isbn, "copies": 2}],
        "total": euros("30.00"),
        "customerEmail": "ann@example.org",
        "giftCode": "HAPPY-BIRTHDAY",
        "fromDay": "2026-04-01",
        "untilDay": "2026-04-05",
    }
    made = ANN.post("Ann orders two copies, with a code of a gift.", "/orders", wanted)
    order = f"/orders/{made.json()['id']}"
    require("The code is in no answer.", holds="giftCode" not in made.json())
    lines = f"{order}/lines"
    more = ANN.post(
        "She adds another book.", lines, {"isbn": "9791036700156", "copies": 1}, seen=made
    )
    ANN.is_refused(
        "From the page that she had open before, she adds one more.",
        "stale",
        *("POST", lines, {"isbn": "9780141439587", "copies": 1}),
        seen=made,
    )
    ANN.is_refused(
        "She adds a line with a book that has one.",
        "order_line_isbn_taken",
        *("POST", lines, {"isbn": isbn, "copies": 1}),
        seen=more,
    )
    first, second = (line["id"] for line in more.json()["lines"])
    fewer = ANN.delete("She removes the first line.", f"{lines}/{first}", seen=more)
    ANN.is_refused(
        "She removes the other one.",
        "too_few_order_lines",
        *("DELETE", f"{lines}/{second}"),
        seen=fewer,
    )
    changed = ANN.put(
        "She orders three copies of it.",
        f"{lines}/{second}",
        {"isbn": "9791036700156", "copies": 3},
        seen=fewer,
    )
    require("It is the same line.", holds=changed.json()["lines"][0]["id"] == second)
    BEN.is_refused("Ben looks at her order.", "order_not_found", "GET", order)
    require(
        "In his list there is none.",
        holds=BEN.get("Ben lists his orders.", "/orders").json()["items"] == [],
    )
    CLARA.get("Clara, the clerk, may see it.", order)
    CLARA.is_refused(
        "She ships it before it is submitted.", "cannot_ship_order", "POST", f"{order}/ship"
    )
    CLARA.is_refused("She submits it for Ann.", "forbidden", "POST", f"{order}/submit")
    submitted = ANN.post("Ann submits it.", f"{order}/submit")
    ANN.is_refused(
        "She changes the line once more.",
        "cannot_change_order_lines",
        *("PUT", f"{lines}/{second}", {"isbn": "9791036700156", "copies": 4}),
        seen=submitted,
    )
    done = CLARA.post("Clara ships it.", f"{order}/ship")
    require("The order is delivered.", holds=done.json()["state"] == "delivered")
    ANN.is_refused(
        "Ann cancels it.", "cannot_cancel_order", "POST", f"{order}/cancel", {"reason": "Too late."}
    )


def reading() -> None:
    evening: JSON = {
        "title": "An evening with the author",
        "room": "back room",
        "beginsAt": "2026-04-10T18:00:00Z",
        "endsAt": "2026-04-10T20:00:00Z",
        "seats": 40,
    }
    ROOT.is_refused(
        "An admin plans a reading, and names nobody who answers the phone.",
        "somebody_answers",
        *("POST", "/readings", evening),
    )
    planned = ROOT.post(
        "With an address of somebody, it is planned.",
        "/readings",
        {**evening, "contact": "bella@example.org"},
    ).json()
    ROOT.is_refused(
        "At the same time, there is another one in the same room.",
        "reading_room_begins_at_taken",
        *("POST", "/readings", {**evening, "title": "Poems", "phone": "555 0102"}),
    )
    total = BEN.get("Ben looks at the readings.", "/readings").json()["total"]
    require("There is one.", holds=total == 1)
    guest: JSON = {"readingId": planned["id"], "guest": "Ben", "seats": 2}
    BEN.post("Ben says that he comes, with a friend.", "/registrations", guest)
    BEN.is_refused(
        "He says it again.", "registration_reading_guest_taken", "POST", "/registrations", guest
    )
    ROOT.is_refused(
        "Now the reading cannot be removed.",
        "reading_in_use",
        *("DELETE", f"/readings/{planned['id']}"),
    )


ordered(on_sale())
reading()
print("That is the story of the bookshop.")
