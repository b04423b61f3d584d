"""Books never leave the application: this makes what does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.catalog.dto.book import BookOutput, EditionOutput, PriceOutput

if TYPE_CHECKING:
    from domain.catalog.book import Book


def book_output(book: Book) -> BookOutput:
    return BookOutput(
        id=book.id,
        isbn=book.isbn.value,
        title=book.title.value,
        price=PriceOutput(book.price.amount.value, book.price.currency.value),
        note=book.note.value if book.note else None,
        status=book.status.value,
        editions=[
            EditionOutput(edition.id, edition.label.value, edition.year.value)
            for edition in book.editions
        ],
        created_at=book.created_at,
        updated_at=book.updated_at,
        version=book.version,
    )
