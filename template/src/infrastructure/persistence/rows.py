"""The common parts of repositories: rows by name, versioned updates, lists, and parts of aggregates.

Statements use tables instead of ORM classes, and are built once. ORM entities in the session would cost
several times as much. A repository converts entities to rows and back; both conversions name every
column, so that none can be mixed up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import and_, bindparam, delete, func, insert, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from application.errors import RepoNotFoundError, RepoStaleError
from infrastructure.persistence.queries import Query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Column, ColumnElement, Table
    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams

Row = dict[str, Any]
"""The values of a row by column name."""

_TOTAL = "_total"  # no column of a table has this name


def of_owner(column: Column[str]) -> ColumnElement[bool]:
    """Return the condition that a row belongs to the `owner`; if that is None, to anybody.

    It is a condition for single rows, because no index is used for it.
    """
    return column == func.coalesce(bindparam("owner", type_=column.type), column)


class PartRows:
    """The rows of an aggregate's parts, which are read and stored together with it.

    `parent` is the column with the aggregate's id, `position` the column for the order of the parts.
    """

    def __init__(self, name: str, parent: Column[UUID], position: Column[int]) -> None:
        self.name = name
        self._table = parent.table
        self._parent = parent
        self._position = position
        self._names = tuple(c.name for c in self._table.c if c not in {parent, position})
        self._delete_others = delete(self._table).where(
            parent == bindparam("parent"),
            self._table.c.id.not_in(bindparam("kept", expanding=True)),
        )
        new = insert_or_update(self._table)
        stored = [name for name in (*self._names, position.name) if name != "id"]
        self._store = new.on_conflict_do_update(
            index_elements=[self._table.c.id],
            set_={name: new.excluded[name] for name in stored},
            # A row that is as it was is not written.
            where=and_(
                parent == new.excluded[parent.name],
                tuple_(*(self._table.c[name] for name in stored)).is_distinct_from(
                    tuple_(*(new.excluded[name] for name in stored))
                ),
            ),
        )

    def column(self, parent_id: ColumnElement[UUID]) -> ColumnElement[Any]:
        """Return a column with all parts in their order, for the statement that reads the aggregate."""
        values = func.row(*(self._table.c[name] for name in self._names))
        return (
            select(func.array_agg(aggregate_order_by(values, self._position)))
            .where(self._parent == parent_id)
            .scalar_subquery()
            .label(self.name)
        )

    def of(self, row: Row) -> list[Row]:
        """Return the parts in a row that was read with this `column`."""
        return [dict(zip(self._names, part, strict=True)) for part in row[self.name] or ()]

    async def store(self, session: AsyncSession, parent_id: UUID, parts: Sequence[Row]) -> None:
        """Replace the parts of an aggregate by these, in this order.

        The aggregate's row must be inserted or updated before, with a check of its version, which
        locks it against concurrent changes.
        """
        kept = [part["id"] for part in parts]
        await session.execute(self._delete_others, {"parent": parent_id, "kept": kept})
        if parts:
            fixed = {self._parent.name: parent_id}
            rows = [
                {**part, **fixed, self._position.name: position}
                for position, part in enumerate(parts)
            ]
            await session.execute(self._store, rows)


class VersionedRows:
    """The rows of aggregates, each with an `id` and a `version`, and the rows of their parts.

    `where` is a condition of each statement that reads or changes a row. Its parameters are passed to
    the methods: `where=of_owner(_TABLE.c.owner_id)` adds the `owner` to them.
    """

    def __init__(
        self, table: Table, *parts: PartRows, where: ColumnElement[bool] | None = None
    ) -> None:
        is_asked_for = table.c.id == bindparam("row_id")
        if where is not None:
            is_asked_for &= where
        is_current = is_asked_for & (table.c.version == bindparam("read_version"))
        self._parts = parts
        self.select = select(table, *(part.column(table.c.id) for part in parts))
        by_id = self.select.where(is_asked_for)
        self._by_id = Query(by_id)
        self._by_id_locked = Query(by_id.with_for_update(of=table))
        self._insert = insert(table)
        self._exists = select(true()).where(is_asked_for)
        self._lock_current = select(true()).where(is_current).with_for_update()
        self._delete = delete(table).where(is_current).returning(table.c.version)
        self._update = (
            update(table)
            .where(is_current)
            .values(
                {c: bindparam(c.name) for c in table.c if c.name not in ("id", "version")}
                | {table.c.version: table.c.version + 1}
            )
            .returning(table.c.version)
        )

    async def find(self, session: AsyncSession, row_id: UUID, **values: Any) -> Row | None:
        return await self._by_id.row(session, row_id=row_id, **values)

    async def lock(self, session: AsyncSession, row_id: UUID, **values: Any) -> Row | None:
        """Return the row as `find` does, and lock it until the transaction ends."""
        return await self._by_id_locked.row(session, row_id=row_id, **values)

    async def insert(self, session: AsyncSession, row: Row) -> None:
        """Add a row together with its parts, which it contains under their names."""
        own, parts = self._apart(row)
        await session.execute(self._insert, own)
        await self._store_parts(session, row["id"], parts)

    async def update(self, session: AsyncSession, row: Row, **values: Any) -> int:
        """Store a row if its `version` is still the current one; return the new version.

        Raises:
            RepoNotFoundError: the row does not exist.
            RepoStaleError: the row was changed since it was read.
        """
        own, parts = self._apart(row)
        guard = {"row_id": own.pop("id"), "read_version": own.pop("version"), **values}
        version: int | None = await session.scalar(self._update, own | guard)
        if version is None:
            await self._refuse(session, guard)
        await self._store_parts(session, guard["row_id"], parts)
        return version

    async def delete(
        self, session: AsyncSession, row_id: UUID, version: int, **values: Any
    ) -> None:
        """Delete a row and its parts, if `version` is still the current one.

        Raises:
            RepoNotFoundError: the row does not exist.
            RepoStaleError: the row was changed since it was read.
        """
        guard = {"row_id": row_id, "read_version": version, **values}
        # The parts go first, because they refer to the row, which is locked until it goes itself.
        if self._parts and await session.scalar(self._lock_current, guard):
            for part in self._parts:
                await part.store(session, row_id, ())
        if await session.scalar(self._delete, guard) is None:
            await self._refuse(session, guard)

    async def _refuse(self, session: AsyncSession, guard: dict[str, Any]) -> NoReturn:
        if await session.scalar(self._exists, guard) is None:
            raise RepoNotFoundError(f"no row {guard['row_id']}")
        raise RepoStaleError(f"row {guard['row_id']} is newer than {guard['read_version']}")

    def _apart(self, row: Row) -> tuple[Row, list[tuple[PartRows, Sequence[Row]]]]:
        own = dict(row)
        return own, [(part, own.pop(part.name)) for part in self._parts]

    async def _store_parts(
        self, session: AsyncSession, row_id: UUID, parts: list[tuple[PartRows, Sequence[Row]]]
    ) -> None:
        for kind, rows in parts:
            await kind.store(session, row_id, rows)


class ListedRows:
    """Pages and slices of `VersionedRows`, in the order of `created_at`.

    `where` selects the rows of the list. Its parameters are passed to `page` and `slice`:
    `_TABLE.c.owner_id == bindparam("owner")` gives each owner a list.
    """

    def __init__(
        self, rows: VersionedRows, table: Table, where: ColumnElement[bool] | None = None
    ) -> None:
        listed = true() if where is None else where
        order = (table.c.created_at, table.c.id)
        ordered = rows.select.where(listed).order_by(*order).limit(bindparam("limit"))
        page = ordered.offset(bindparam("offset")).subquery()
        # The outer join returns the total even if the page is empty, in a single row without an id.
        total = select(func.count().label(_TOTAL)).select_from(table).where(listed).subquery()
        self._page_with_total = Query(
            select(total.c[_TOTAL], page)
            .select_from(total.outerjoin(page, true()))
            .order_by(page.c.created_at, page.c.id)
        )
        self._slice = Query(ordered)
        self._slice_after = Query(
            ordered.where(
                tuple_(*order)
                > select(*order)
                .where(table.c.id == bindparam("after"), listed)
                .correlate(None)
                .scalar_subquery()
            )
        )

    async def page(
        self, session: AsyncSession, params: PageParams, **values: Any
    ) -> tuple[list[Row], int]:
        """Return a page and the number of rows in the whole list, by one statement."""
        rows = await self._page_with_total.rows(
            session, limit=params.limit, offset=params.offset, **values
        )
        total: int = rows[0][_TOTAL]
        return [row for row in rows if row["id"] is not None], total

    async def slice(
        self, session: AsyncSession, limit: int, after: UUID | None, **values: Any
    ) -> list[Row]:
        """Return a slice after a row, or from the start. It is empty if that row is not on the list."""
        if after is None:
            return await self._slice.rows(session, limit=limit, **values)
        return await self._slice_after.rows(session, limit=limit, after=after, **values)
