"""The values that a book is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from domain.shared import DomainError, Faults, Id, Text

FIRST_YEAR, LAST_YEAR = 1450, 2100

_ISBN = re.compile(r"97[89](?:[- ]?[0-9]){10}")
_SEPARATOR = re.compile(r"[- ]")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,9})(?:\.[0-9]{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_CENT = Decimal("0.01")


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
    pass


@dataclass(frozen=True, slots=True)
class Note(Text):
    max_length: ClassVar[int] = 2000


@dataclass(frozen=True, slots=True)
class EditionLabel(Text):
    """What an edition is called among those of its book, such as "second, revised"."""

    max_length: ClassVar[int] = 100


@dataclass(frozen=True, slots=True)
class Isbn:
    """An ISBN of thirteen digits (ISO 2108), without its separators."""

    value: str

    @classmethod
    def parse(cls, raw: str) -> Isbn:
        digits = _SEPARATOR.sub("", raw)
        if not _ISBN.fullmatch(raw) or check_digit(digits[:12]) != digits[12]:
            raise DomainError("not an ISBN of 13 digits", code="invalid_isbn")
        return cls(digits)

    @classmethod
    def from_trusted(cls, value: str) -> Isbn:
        return cls(value)


def check_digit(digits: str) -> str:
    """Return the thirteenth digit for the first twelve (ISO 2108, annex A)."""
    weighted = (int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return str(-sum(weighted) % 10)


@dataclass(frozen=True, slots=True)
class Amount:
    value: Decimal

    @classmethod
    def parse(cls, raw: str) -> Amount:
        if not _AMOUNT.fullmatch(raw):
            raise DomainError("an amount is written like 12.50", code="invalid_amount")
        return cls(Decimal(raw).quantize(_CENT))

    @classmethod
    def from_trusted(cls, value: Decimal) -> Amount:
        return cls(value)


@dataclass(frozen=True, slots=True)
class Currency:
    """Three letters, as ISO 4217 has them; which of them exist is not checked."""

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
        with Faults() as faults:
            with faults.at("amount"):
                parsed_amount = Amount.parse(amount)
            with faults.at("currency"):
                parsed_currency = Currency.parse(currency)
        return cls(parsed_amount, parsed_currency)


@dataclass(frozen=True, slots=True)
class Year:
    value: int

    @classmethod
    def parse(cls, raw: int) -> Year:
        if not FIRST_YEAR <= raw <= LAST_YEAR:
            raise DomainError(f"a year from {FIRST_YEAR} to {LAST_YEAR}", code="invalid_year")
        return cls(raw)

    @classmethod
    def from_trusted(cls, value: int) -> Year:
        return cls(value)
