"""Books in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam

from domain.actors import ActorId
from domain.catalog.book import Book, Edition
from domain.catalog.value_objects.book import (
    BookId,
    BookStatus,
    EditionId,
    Isbn,
    Label,
    Note,
    Price,
    Title,
    Year,
)
from infrastructure.persistence.catalog.models.book import BookModel, EditionModel
from infrastructure.persistence.rows import ListedRows, PartRows, VersionedRows, of_owner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams
    from application.sessions import WriteSession
    from infrastructure.persistence.rows import Row

_TABLE = BookModel.__table__
_EDITIONS = EditionModel.__table__
_PARTS = PartRows("editions", _EDITIONS.c.book_id, _EDITIONS.c.position)
_ROWS = VersionedRows(_TABLE, _PARTS, where=of_owner(_TABLE.c.owner_id))
_ALL = ListedRows(_ROWS, _TABLE)
_OWN = ListedRows(_ROWS, _TABLE, _TABLE.c.owner_id == bindparam("owner"))


class PgBookRepository:
    async def insert(self, session: WriteSession, book: Book) -> None:
        await _ROWS.insert(session, _from_domain(book))

    async def update(self, session: WriteSession, book: Book) -> None:
        book.version = await _ROWS.update(session, _from_domain(book), owner=book.owner_id.value)

    async def find_by_id(
        self, session: AsyncSession, book_id: BookId, owner: ActorId | None
    ) -> Book | None:
        row = await _ROWS.find(session, book_id.value, owner=owner.value if owner else None)
        return _into_domain(row) if row else None

    async def list(
        self, session: AsyncSession, params: PageParams, owner: ActorId | None
    ) -> tuple[Sequence[Book], int]:
        if owner is None:
            rows, total = await _ALL.page(session, params)
        else:
            rows, total = await _OWN.page(session, params, owner=owner.value)
        return [_into_domain(row) for row in rows], total


def _into_domain(row: Row) -> Book:
    return Book(
        id=BookId.from_trusted(row["id"]),
        owner_id=ActorId.from_trusted(row["owner_id"]),
        isbn=Isbn.from_trusted(row["isbn"]),
        title=Title.from_trusted(row["title"]),
        price=Price.from_trusted(row["amount"], row["currency"]),
        note=Note.from_trusted(row["note"]) if row["note"] is not None else None,
        status=BookStatus(row["status"]),
        editions=tuple(
            Edition(
                id=EditionId.from_trusted(part["id"]),
                label=Label.from_trusted(part["label"]),
                year=Year.from_trusted(part["year"]),
            )
            for part in _PARTS.of(row)
        ),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


def _from_domain(book: Book) -> Row:
    return {
        "id": book.id.value,
        "owner_id": book.owner_id.value,
        "isbn": book.isbn.value,
        "title": book.title.value,
        "amount": book.price.amount.value,
        "currency": book.price.currency.value,
        "note": book.note.value if book.note else None,
        "status": book.status.value,
        "editions": [
            {"id": edition.id.value, "label": edition.label.value, "year": edition.year.value}
            for edition in book.editions
        ],
        "created_at": book.created_at,
        "updated_at": book.updated_at,
        "version": book.version,
    }
