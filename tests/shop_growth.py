"""How the bookshop grows, step by step: each is an edit of its page, and what `just grow` says to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from tests import shop_owner
from tests.conftest import Service
from tests.lives import Life

Page = dict[str, Any]
Resolution = Callable[[str, str], str]
REFUSALS: Final = (shop_owner.REFUSED_READINGS, shop_owner.READINGS)
HUNK: Final = re.compile(r"^<<<<<<<.*?\n(.*?)^=======\n(.*?)^>>>>>>>.*?\n", re.M | re.S)
PAGE: Final = "contexts.yml"


@dataclass(frozen=True)
class Step:
    """An edit of the page.

    Attributes:
        told: what `just grow` has to say, among other things.
        options: of `just grow`, without which it is refused.
        conflicts: the files in which the owner has changed the same line, each with what becomes of the
            owner's side and the template's.
    """

    name: str
    edit: Callable[[Page], None]
    told: Sequence[str]
    options: Sequence[str] = ()
    conflicts: Mapping[str, Resolution] = field(default_factory=dict)


def mine(own: str, _: str) -> str:
    return own


def theirs_as_renamed(_: str, theirs: str) -> str:
    """Take the template's side, with the name that the owner has given to a module."""
    before, after = (each.removesuffix(".py").rpartition("/")[2] for each in REFUSALS)
    return theirs.replace(f"refusals.{before} ", f"refusals.{after} ")


def aggregate(page: Page, name: str) -> Page:
    found: Page = next(
        each
        for context in page["contexts"]
        for each in context["aggregates"]
        if each["name"] == name
    )
    return found


def context(page: Page, name: str) -> Page:
    found: Page = next(each for each in page["contexts"] if each["name"] == name)
    return found


def add_field(fields: Page, name: str, spec: Any, *, after: str) -> None:
    """Put a field in its place among others."""
    rest = list(fields)[list(fields).index(after) + 1 :]
    moved = {each: fields.pop(each) for each in rest}
    fields |= {name: spec} | moved


def add_context_and_aggregate(page: Page) -> None:
    fields = {"code": {"type": "string", "max": 10, "unique": True}, "places": "integer"}
    shelf = {"name": "Shelf", "owner": "none", "fields": fields}
    page["contexts"].append({"name": "stock", "aggregates": [shelf]})
    number = {"type": "string", "max": 20, "unique": True}
    invoice = {"name": "Invoice", "fields": {"number": number, "due_on": "date"}}
    context(page, "ordering")["aggregates"].append(invoice)


def add_fields_in_the_middle(page: Page) -> None:
    book, order = aggregate(page, "Book"), aggregate(page, "Order")
    subtitle = {"type": "string", "max": 120, "optional": True}
    add_field(book["fields"], "subtitle", subtitle, after="title")
    if book.get("changes"):
        book["changes"]["describe"]["fields"].insert(1, "subtitle")
    book["fields"]["genre"]["values"].append("essay")
    channel = {"type": "enum", "values": ["web", "store"], "default": "web"}
    add_field(order["fields"], "channel", channel, after="reference")
    page["roles"].append("auditor")
    order["may"]["read"].append("auditor")


def add_value_and_refs(page: Page) -> None:
    street, city = {"type": "string", "max": 120}, {"type": "string", "max": 80}
    page["values"] = {"Address": {"fields": {"street": street, "city": city}}}
    order, invoice = aggregate(page, "Order"), aggregate(page, "Invoice")
    address = {"type": "Address", "optional": True}
    add_field(order["fields"], "deliver_to", address, after="customer_email")
    old = {"type": "Address", "backfill": {"street": "Unknown", "city": "Unknown"}}
    add_field(invoice["fields"], "address", old, after="number")
    reservation = {"type": "ref", "to": "Reservation", "optional": True}
    add_field(invoice["fields"], "reservation", reservation, after="address")
    book = {"type": "ref", "to": "catalog.Book", "optional": True}
    add_field(aggregate(page, "Reading")["fields"], "book", book, after="title")


def add_parts_and_transitions(page: Page) -> None:
    fields = {"text": {"type": "string", "max": 80}, "amount": "money"}
    aggregate(page, "Invoice")["parts"] = {"items": {"name": "InvoiceItem", "fields": fields}}
    lifecycle = aggregate(page, "Order")["lifecycle"]
    hold = {"from": "submitted", "to": "held"}
    steps = lifecycle["transitions"]
    add_field(steps, "hold", hold, after="submit")
    add_field(steps, "go_on", {"from": "held", "to": "submitted"}, after="hold")


def add_rule_filters_and_sorts(page: Page) -> None:
    reading = aggregate(page, "Reading")
    standing = {"type": "integer", "min": 0, "max": 80, "default": 0}
    add_field(reading["fields"], "standing", standing, after="seats")
    reading["rules"]["room_to_stand"] = "standing <= seats"
    reading["unique_together"].append(["title", "begins_at"])
    reading["reads"]["sort"].append("title")
    aggregate(page, "Order")["reads"]["filter"].append("channel")
    aggregate(page, "Registration")["reads"] = {"filter": ["seats"]}


def be_stricter(page: Page) -> None:
    order, reading = aggregate(page, "Order"), aggregate(page, "Reading")
    order["parts"]["lines"]["fields"]["copies"]["max"] = 50
    reading["fields"]["room"]["max"] = 30
    order["fields"]["note"] = {"type": "text", "backfill": "none"}
    paid = {"type": "boolean", "backfill": False}
    add_field(aggregate(page, "Registration")["fields"], "is_paid", paid, after="guest")


def require_parts(page: Page) -> None:
    aggregate(page, "Invoice")["parts"]["items"]["min"] = 1


def rename_and_remove(page: Page) -> None:
    reading = aggregate(page, "Reading")
    add_field(reading["fields"], "telephone", reading["fields"]["phone"], after="phone")
    del reading["fields"]["phone"]
    reading["rules"]["somebody_answers"] = {"any_of": ["telephone", "contact"]}
    page["contexts"].remove(context(page, "stock"))


STEPS: Final = (
    Step(
        "a context and an aggregate",
        add_context_and_aggregate,
        ["  ordering.Invoice\n", "  stock\n", "  shelves: create the table\n"],
    ),
    Step(
        "fields in the middle, a value of an enumeration, and a role",
        add_fields_in_the_middle,
        [
            "  roles.auditor\n",
            "  orders: add the column channel, which is 'web' in the rows that are there\n",
            "  books: require genre IN ('novel', 'poetry', 'non-fiction', 'essay'), which allows more\n",
        ],
    ),
    Step(
        "a value of several fields, and refs within a context and to another one",
        add_value_and_refs,
        [
            "  values.Address\n",
            "  orders: add the column deliver_to_street\n",
            "  invoices: add the column address_city, which is 'Unknown' in the rows that are there\n",
            "  invoices: add the column reservation_id\n",
            "  readings: add the column book_id\n",
        ],
        # One more name is imported from the module that has another name.
        conflicts={"src/application/events/use_cases/reading.py": theirs_as_renamed},
    ),
    Step(
        "parts and transitions",
        add_parts_and_transitions,
        ["  ordering.Order.hold\n", "  invoice_items: create the table\n"],
        conflicts={shop_owner.ORDER: mine},  # the states in which an order is revised
    ),
    Step(
        "a rule, a unique group, filters and a sort",
        add_rule_filters_and_sorts,
        [
            "  readings: add the column standing, which is 0 in the rows that are there\n",
            "  readings: order title by code points; its indexes are made anew",
            "  readings: let no two rows have the same title, begins_at; this fails if two have\n",
        ],
    ),
    Step(
        "less than before, and required fields",
        be_stricter,
        [
            "  order_lines: require copies BETWEEN 1 AND 50; this fails if a row breaks it\n",
            "  readings: make room String(30), which was String(40); this fails if a row has more\n",
            "  orders: fill note with 'none' where it is null, and require it\n",
            "  registrations: add the column is_paid, which is false in the rows that are there\n",
        ],
    ),
    Step(
        "one part at least",
        require_parts,
        ["  invoice_items: count them for each of invoices; this fails if one has fewer than 1 "],
    ),
    Step(
        "a field with another name, and a context that goes",
        rename_and_remove,
        [
            "  shelves: drop the table",
            "  readings: drop the column phone, with all that is in it\n",
        ],
        options=["--allow-removal", "events.Reading.phone", "--allow-removal", "stock"],
    ),
)


def take(life: Life, step: Step, own: shop_owner.Lines) -> None:
    """Take a step, and commit it.

    Raises:
        AssertionError: a line of the owner's is lost, or another thing is not as the step says.
    """
    page = yaml.safe_load((life.path / PAGE).read_text())
    step.edit(page)
    (life.path / PAGE).write_text(yaml.safe_dump(page, sort_keys=False))
    if step.options:
        code, said = grow(life)
        assert (code, "The page no longer has" in said) == (1, True), said
    code, said = grow(life, *step.options)
    untold = [each for each in step.told if each not in said]
    assert untold == [], f"{untold} is not in\n{said}"
    assert conflicts_in(life) == [*step.conflicts], said
    if step.conflicts:
        assert code == 1
        for path, resolution in step.conflicts.items():
            resolve(life, path, resolution, own)
        code, said = grow(life, "--continue")
    assert code == 0, said
    gone = shop_owner.lost(own, shop_owner.lines_of(life.path))
    assert gone == [], gone
    assert not (life.path / shop_owner.DELETED).exists()
    life.commit()


def grow(life: Life, *options: str) -> tuple[int, str]:
    ended = Service(life.path).try_to("uv", "run", "just", "grow", *options, **life.environment)
    return ended.returncode, ended.stdout


def conflicts_in(life: Life) -> list[str]:
    return life.git("diff", "--name-only", "--diff-filter=U").decode().split()


def resolve(life: Life, path: str, resolution: Resolution, own: shop_owner.Lines) -> None:
    """Resolve the conflicts of a file. What of the owner's is in them is not to be kept any more."""
    text = (life.path / path).read_text()
    hunks = HUNK.findall(text)
    assert hunks, path
    for before, _ in hunks:
        own[path] = own.get(path, Counter()) - Counter(before.splitlines())
    (life.path / path).write_text(HUNK.sub(lambda hunk: resolution(hunk[1], hunk[2]), text))
    life.git("add", "--", path)
