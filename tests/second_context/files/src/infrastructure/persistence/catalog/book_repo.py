"""Books in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.actors import ActorId
from domain.catalog.book import Book, Edition
from domain.catalog.value_objects.book import (
    Amount,
    BookId,
    BookStatus,
    Currency,
    EditionId,
    EditionLabel,
    Isbn,
    Note,
    Price,
    Title,
    Year,
)
from infrastructure.persistence.catalog.models.book import BookModel, EditionModel
from infrastructure.persistence.rows import ListedRows, PartRows, VersionedRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams
    from application.sessions import AutocommitSession, WriteSession
    from infrastructure.persistence.rows import Row

_BOOKS = BookModel.__table__
_EDITIONS = EditionModel.__table__
_EDITION_ROWS = PartRows("editions", _EDITIONS.c.book_id, _EDITIONS.c.position)
_ROWS = VersionedRows(_BOOKS, _EDITION_ROWS)
_LIST = ListedRows(_ROWS, _BOOKS, of=_BOOKS.c.owner)


class PgBookRepository:
    async def insert(self, session: WriteSession, book: Book) -> None:
        await _ROWS.insert(session, _from_domain(book))

    async def update(self, session: WriteSession | AutocommitSession, book: Book) -> None:
        book.version = await _ROWS.update(session, _from_domain(book))

    async def find_by_id(self, session: AsyncSession, book_id: BookId) -> Book | None:
        row = await _ROWS.find(session, book_id.value)
        return _into_domain(row) if row else None

    async def lock(self, session: WriteSession, book_id: BookId) -> Book | None:
        row = await _ROWS.lock(session, book_id.value)
        return _into_domain(row) if row else None

    async def list_of(
        self, session: AsyncSession, owner: ActorId, params: PageParams
    ) -> tuple[Sequence[Book], int]:
        rows, total = await _LIST.page(session, params, of=owner.value)
        return [_into_domain(row) for row in rows], total


def _into_domain(row: Row) -> Book:
    return Book(
        id=BookId.from_trusted(row["id"]),
        owner=ActorId.from_trusted(row["owner"]),
        isbn=Isbn.from_trusted(row["isbn"]),
        title=Title.from_trusted(row["title"]),
        price=Price(
            amount=Amount.from_trusted(row["price_amount"]),
            currency=Currency.from_trusted(row["price_currency"]),
        ),
        note=None if row["note"] is None else Note.from_trusted(row["note"]),
        status=BookStatus(row["status"]),
        editions=tuple(
            Edition(
                id=EditionId.from_trusted(part["id"]),
                label=EditionLabel.from_trusted(part["label"]),
                year=Year.from_trusted(part["year"]),
            )
            for part in _EDITION_ROWS.of(row)
        ),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


def _from_domain(book: Book) -> Row:
    return {
        "id": book.id.value,
        "owner": book.owner.value,
        "isbn": book.isbn.value,
        "title": book.title.value,
        "price_amount": book.price.amount.value,
        "price_currency": book.price.currency.value,
        "note": book.note.value if book.note else None,
        "status": book.status.value,
        "editions": [
            {"id": part.id.value, "label": part.label.value, "year": part.year.value}
            for part in book.editions
        ],
        "created_at": book.created_at,
        "updated_at": book.updated_at,
        "version": book.version,
    }
