"""The values that a book is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from domain.shared import DecimalNumber, DomainError, Faults, Id, Text

if TYPE_CHECKING:
    from decimal import Decimal

_ISBN = re.compile(r"97[89](?:[- ]?[0-9]){10}")
_SEPARATOR = re.compile(r"[- ]")
_CURRENCY = re.compile(r"[A-Z]{3}")
_YEARS = range(1450, 2101)


class BookStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class BookId(Id):
    pass


@dataclass(frozen=True, slots=True)
class EditionId(Id):
    pass


@dataclass(frozen=True, slots=True)
class Title(Text):
    max_length: ClassVar[int] = 200


@dataclass(frozen=True, slots=True)
class Note(Text):
    max_length: ClassVar[int] = 2000


@dataclass(frozen=True, slots=True)
class Label(Text):
    """What an edition is called in its book, such as "second, revised"."""

    max_length: ClassVar[int] = 100


@dataclass(frozen=True, slots=True)
class Year:
    """When an edition was printed: since Gutenberg."""

    value: int

    @classmethod
    def parse(cls, raw: int) -> Year:
        if raw not in _YEARS:
            raise DomainError("a year is from 1450 to 2100", code="invalid_year")
        return cls(raw)

    @classmethod
    def from_trusted(cls, value: int) -> Year:
        return cls(value)


@dataclass(frozen=True, slots=True)
class Isbn:
    """An ISBN of thirteen digits (ISO 2108), without its separators."""

    value: str

    @classmethod
    def parse(cls, raw: str) -> Isbn:
        digits = _SEPARATOR.sub("", raw)
        if not _ISBN.fullmatch(raw) or not _adds_up(digits):
            raise DomainError("not an ISBN of 13 digits", code="invalid_isbn")
        return cls(digits)

    @classmethod
    def from_trusted(cls, value: str) -> Isbn:
        return cls(value)


@dataclass(frozen=True, slots=True)
class Amount(DecimalNumber):
    pass


@dataclass(frozen=True, slots=True)
class Currency:
    """A code of the form that ISO 4217 gives them."""

    value: str

    @classmethod
    def parse(cls, raw: str) -> Currency:
        if not _CURRENCY.fullmatch(raw):
            raise DomainError("a currency has three capital letters", code="invalid_currency")
        return cls(raw)

    @classmethod
    def from_trusted(cls, value: str) -> Currency:
        return cls(value)


@dataclass(frozen=True, slots=True)
class Price:
    amount: Amount
    currency: Currency

    @classmethod
    def parse(cls, amount: str, currency: str) -> Price:
        """Return the price.

        Raises:
            InvalidInputError: the amount, the currency or both break a rule.
        """
        with Faults() as faults:
            with faults.at("amount"):
                valid_amount = Amount.parse(amount)
            with faults.at("currency"):
                valid_currency = Currency.parse(currency)
        return cls(valid_amount, valid_currency)

    @classmethod
    def from_trusted(cls, amount: Decimal, currency: str) -> Price:
        return cls(Amount.from_trusted(amount), Currency.from_trusted(currency))


def _adds_up(digits: str) -> bool:
    weighted = (int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return sum(weighted) % 10 == 0
