"""The shared code of repositories, with tables that exist for the duration of a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    literal_column,
    select,
)

from application.errors import RepoNotFoundError, RepoStaleError
from application.paging import PageParams
from infrastructure.persistence.rows import ListedRows, PartRows, VersionedRows, of_owner
from tests.integration.persistence.test_queries import heard

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from application.sessions import Sessions, WriteSession

NOW = datetime(2026, 1, 1, tzinfo=UTC)

METADATA = MetaData()
ORDERS = Table(
    "_rows_orders",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", String),
    Column("reference", String),
    Column("created_at", DateTime(timezone=True)),
    Column("version", Integer),
)
LINES = Table(
    "_rows_lines",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("order_id", ForeignKey(ORDERS.c.id)),
    Column("position", Integer),
    Column("sku", String),
    Column("price", Numeric(12, 2)),
)
NOTES = Table(
    "_rows_notes",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("order_id", ForeignKey(ORDERS.c.id)),
    Column("position", Integer),
    Column("text", String),
)
LINE_ROWS = PartRows("lines", LINES.c.order_id, LINES.c.position)
NOTE_ROWS = PartRows("notes", NOTES.c.order_id, NOTES.c.position)
ORDER_ROWS = VersionedRows(ORDERS, LINE_ROWS, NOTE_ROWS)
OWNED_ROWS = VersionedRows(ORDERS, LINE_ROWS, NOTE_ROWS, where=of_owner(ORDERS.c.owner_id))
LIST = ListedRows(ORDER_ROWS, ORDERS)
LIST_BY_REFERENCE = ListedRows(ORDER_ROWS, ORDERS, ORDERS.c.reference == bindparam("reference"))


@pytest.fixture
async def session(connection: AsyncConnection, sessions: Sessions) -> AsyncIterator[WriteSession]:
    await connection.run_sync(METADATA.create_all)
    async with sessions.write() as session:
        yield session


def an_order(*skus: str, notes: list[str] | None = None, age: int = 0) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "owner_id": "ada",
        "reference": "A-1",
        "created_at": NOW - timedelta(days=age),
        "version": 1,
        "lines": [a_line(sku) for sku in skus],
        "notes": [{"id": uuid4(), "text": text} for text in notes or ()],
    }


def a_line(sku: str, price: str = "1.50") -> dict[str, Any]:
    return {"id": uuid4(), "sku": sku, "price": Decimal(price)}


async def stored(session: WriteSession, order_id: UUID) -> dict[str, Any]:
    row = await ORDER_ROWS.find(session, order_id)
    assert row is not None
    return row | {"lines": LINE_ROWS.of(row), "notes": NOTE_ROWS.of(row)}


async def test_parts_of_several_kinds_are_read_with_their_aggregate_in_their_order(
    session: WriteSession,
) -> None:
    order = an_order("c", "a", "b", notes=["first", "second"])
    await ORDER_ROWS.insert(session, order)
    await ORDER_ROWS.insert(session, an_order("x"))

    assert await stored(session, order["id"]) == order


async def test_parts_are_added_changed_moved_and_removed_with_their_aggregate(
    session: WriteSession,
) -> None:
    order, other = an_order("a", "b", "c"), an_order("x")
    for each in (order, other):
        await ORDER_ROWS.insert(session, each)
    first, second, _ = order["lines"]
    changed = order | {
        "reference": "A-2",
        "lines": [second, a_line("d"), first | {"price": Decimal("2.75")}],
        "notes": [{"id": uuid4(), "text": "urgent"}],
    }

    version = await ORDER_ROWS.update(session, changed)

    assert await stored(session, order["id"]) == changed | {"version": version}
    assert await stored(session, other["id"]) == other


async def test_an_aggregate_may_lose_all_its_parts(session: WriteSession) -> None:
    order = an_order("a", "b")
    await ORDER_ROWS.insert(session, order)

    await ORDER_ROWS.update(session, order | {"lines": []})

    assert (await stored(session, order["id"]))["lines"] == []


async def test_an_aggregate_cannot_take_a_part_of_another_one(session: WriteSession) -> None:
    order, other = an_order("a"), an_order("x")
    for each in (order, other):
        await ORDER_ROWS.insert(session, each)

    await ORDER_ROWS.update(session, other | {"lines": order["lines"]})

    assert (await stored(session, order["id"]))["lines"] == order["lines"]


async def test_a_page_is_read_with_parts_and_total(session: WriteSession) -> None:
    old, young = an_order("a", "b", age=5), an_order()
    for each in (young, old):
        await ORDER_ROWS.insert(session, each)

    rows, total = await LIST.page(session, PageParams(limit=1, offset=0))

    assert [(row["id"], LINE_ROWS.of(row)) for row in rows] == [(old["id"], old["lines"])]
    assert total == 2


async def test_a_slice_is_read_with_parts(session: WriteSession) -> None:
    old, young = an_order("a", "b", age=5), an_order("c")
    for each in (young, old):
        await ORDER_ROWS.insert(session, each)

    first = await LIST.slice(session, 1, after=None)
    second = await LIST.slice(session, 1, after=old["id"])
    beyond = await LIST.slice(session, 1, after=uuid4())

    assert [LINE_ROWS.of(row) for row in first] == [old["lines"]]
    assert [LINE_ROWS.of(row) for row in second] == [young["lines"]]
    assert beyond == []


async def test_twenty_rows_are_read_with_their_parts_by_one_statement(
    session: WriteSession,
) -> None:
    for _ in range(20):
        await ORDER_ROWS.insert(session, an_order("a", "b", notes=["first"]))

    with heard() as slice_statements:
        rows = await LIST.slice(session, 20, after=None)
    with heard() as page_statements:
        page, _ = await LIST.page(session, PageParams(limit=20, offset=0))

    assert (len(slice_statements), len(page_statements)) == (1, 1)
    for read in (rows, page):
        assert [(len(LINE_ROWS.of(row)), len(NOTE_ROWS.of(row))) for row in read] == [(2, 1)] * 20


async def test_parts_that_are_as_they_were_are_not_written(session: WriteSession) -> None:
    async def places() -> dict[UUID, str]:
        found = await session.execute(select(LINES.c.id, literal_column("ctid::text")))
        return {row[0]: row[1] for row in found}

    order = an_order("a", "b", "c")
    await ORDER_ROWS.insert(session, order)
    before = await places()
    first, second, third = order["lines"]

    await ORDER_ROWS.update(session, order | {"lines": [first, second | {"sku": "d"}, third]})

    after = await places()
    assert {part["id"] for part in (first, third)} == {
        id_ for id_ in after if after[id_] == before[id_]
    }


async def test_a_locked_row_comes_with_its_parts(session: WriteSession) -> None:
    order = an_order("a", notes=["first"])
    await ORDER_ROWS.insert(session, order)

    row = await ORDER_ROWS.lock(session, order["id"])

    assert row is not None
    assert LINE_ROWS.of(row) == order["lines"]


async def test_missing_and_stale_are_different_errors(session: WriteSession) -> None:
    order = an_order("a")
    await ORDER_ROWS.insert(session, order)

    with pytest.raises(RepoNotFoundError):
        await ORDER_ROWS.update(session, an_order("a"))
    with pytest.raises(RepoStaleError):
        await ORDER_ROWS.update(session, order | {"version": 7, "lines": []})

    assert await stored(session, order["id"]) == order


async def test_a_list_of_some_rows_neither_shows_nor_counts_nor_goes_on_after_others(
    session: WriteSession,
) -> None:
    old, other, young = an_order(age=5), an_order(age=3) | {"reference": "B-1"}, an_order()
    for each in (young, other, old):
        await ORDER_ROWS.insert(session, each)

    rows, total = await LIST_BY_REFERENCE.page(session, PageParams(1, 1), reference="A-1")
    start = await LIST_BY_REFERENCE.slice(session, 9, None, reference="A-1")
    rest = await LIST_BY_REFERENCE.slice(session, 9, old["id"], reference="A-1")
    none = await LIST_BY_REFERENCE.slice(session, 9, other["id"], reference="A-1")

    assert ([row["id"] for row in rows], total) == ([young["id"]], 2)
    assert [[row["id"] for row in part] for part in (start, rest, none)] == [
        [old["id"], young["id"]],
        [young["id"]],
        [],
    ]


async def test_a_deleted_row_takes_its_parts_with_it(session: WriteSession) -> None:
    order, other = an_order("a", "b", notes=["first"]), an_order("x", notes=["other"])
    for each in (order, other):
        await ORDER_ROWS.insert(session, each)

    await ORDER_ROWS.delete(session, order["id"], 1)

    assert await ORDER_ROWS.find(session, order["id"]) is None
    assert await session.scalar(select(func.count()).select_from(LINES)) == 1
    assert await stored(session, other["id"]) == other


async def test_a_row_that_has_changed_or_is_missing_is_not_deleted(session: WriteSession) -> None:
    order = an_order("a")
    await ORDER_ROWS.insert(session, order)

    with pytest.raises(RepoStaleError):
        await ORDER_ROWS.delete(session, order["id"], 2)
    with pytest.raises(RepoNotFoundError):
        await ORDER_ROWS.delete(session, uuid4(), 1)

    assert await stored(session, order["id"]) == order


async def test_a_row_is_found_for_its_owner_or_for_nobody_in_particular(
    session: WriteSession,
) -> None:
    order = an_order("a")
    await OWNED_ROWS.insert(session, order)

    for owner, is_found in (("ada", True), (None, True), ("bob", False)):
        found = await OWNED_ROWS.find(session, order["id"], owner=owner)
        locked = await OWNED_ROWS.lock(session, order["id"], owner=owner)
        assert (found is not None, locked is not None) == (is_found, is_found)


async def test_a_row_of_another_owner_is_neither_changed_nor_deleted(session: WriteSession) -> None:
    order = an_order("a", notes=["first"])
    await OWNED_ROWS.insert(session, order)

    with pytest.raises(RepoNotFoundError):
        await OWNED_ROWS.update(session, order | {"reference": "A-2", "lines": []}, owner="bob")
    with pytest.raises(RepoNotFoundError):
        await OWNED_ROWS.delete(session, order["id"], 1, owner="bob")
    assert await stored(session, order["id"]) == order

    version = await OWNED_ROWS.update(session, order | {"reference": "A-2"}, owner="ada")
    await OWNED_ROWS.delete(session, order["id"], version, owner="ada")

    assert await OWNED_ROWS.find(session, order["id"], owner="ada") is None
