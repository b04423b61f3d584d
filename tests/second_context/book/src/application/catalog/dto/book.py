"""What goes into the use cases of books, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from domain.catalog.value_objects.book import BookId, EditionId


@dataclass(frozen=True, slots=True)
class PriceInput:
    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class EditionInput:
    label: str
    year: int


@dataclass(frozen=True, slots=True)
class ReviseBookInput:
    title: str
    price: PriceInput
    note: str | None
    editions: Sequence[EditionInput]


@dataclass(frozen=True, slots=True)
class CreateBookInput(ReviseBookInput):
    isbn: str


@dataclass(frozen=True, slots=True)
class PriceOutput:
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class EditionOutput:
    id: EditionId
    label: str
    year: int


@dataclass(frozen=True, slots=True)
class BookOutput:
    id: BookId
    isbn: str
    title: str
    price: PriceOutput
    note: str | None
    status: str
    editions: Sequence[EditionOutput]
    created_at: datetime
    updated_at: datetime | None
    version: int
