"""Shared by all contexts of the domain: errors for broken rules, ids, texts, choices and numbers.

DomainError                  the input breaks a business rule
└── DomainConflictError      the current state forbids the operation, whatever the input
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]
"""The location of a part of the input: `("lines", 0, "quantity")`. Empty for the whole input."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input: `code` is stable and meant for programs, `detail` is for people."""

    code: str
    detail: str
    path: Path = ()


class Refusal(Exception):
    """The operation is refused; `code` and `detail` say why.

    A subclass that sets `code` and `detail` as class attributes is raised without arguments. The
    code is part of the contract with clients, which base decisions on it. `path` names the part of
    the input that is at fault, if there is one.
    """

    code = "refused"
    detail = "refused"
    path: Path = ()

    def __init__(
        self, detail: str | None = None, *, code: str | None = None, path: Path | None = None
    ) -> None:
        self.detail = self.detail if detail is None else detail
        self.code = self.code if code is None else code
        self.path = self.path if path is None else path
        super().__init__(self.detail)

    @property
    def faults(self) -> Sequence[Fault]:
        return [Fault(self.code, self.detail, self.path)]


class DomainError(Refusal):
    """A business rule was broken."""

    code = "invalid"


class DomainConflictError(DomainError):
    """The current state forbids the operation; another state may allow it."""

    code = "conflict"


class InvalidInputError(DomainError):
    """One or more parts of the input break a rule; `faults` lists them all."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self._faults = faults

    @property
    def faults(self) -> Sequence[Fault]:
        return self._faults


class Faults:
    """Collects all faults of an input, so that one response can report them together.

        with Faults() as faults:
            with faults.at("email"):
                email = Email.parse(data.email)
            with faults.at("lines", 0, "quantity"):
                quantity = Quantity.parse(data.lines[0].quantity)

    After the block, the input is known to break no rule.

    Raises:
        InvalidInputError: at the end of the block, if there are any faults.
    """

    def __init__(self) -> None:
        self._found: list[Fault] = []
        self._place: Path = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._found:
            raise InvalidInputError(self._found)

    @contextmanager
    def at(self, *path: str | int) -> Iterator[None]:
        """Record a `DomainError` that ends the block as a fault of the input at `path`.

        The paths of nested blocks are joined. A `DomainConflictError` is not recorded, but raised.
        """
        outer, self._place = self._place, self._place + path
        try:
            yield
        except DomainConflictError:
            raise
        # allow: no-swallowed-errors - the end of the outer block raises it, together with all others
        except DomainError as error:
            self._found += [replace(f, path=self._place + f.path) for f in error.faults]
        finally:
            self._place = outer


@dataclass(frozen=True, slots=True)
class Id:
    """An id. Each kind of entity has its own subclass, so that ids cannot be mixed up."""

    value: UUID

    @classmethod
    def generate(cls) -> Self:
        return cls(uuid4())

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Return the id that the text represents.

        Raises:
            DomainError: the text is not a UUID.
        """
        try:
            return cls(UUID(raw))
        except ValueError as exc:
            raise DomainError("an id is a UUID", code="invalid_id") from exc

    @classmethod
    def from_trusted(cls, value: UUID) -> Self:
        return cls(value)


@dataclass(frozen=True, slots=True)
class Text:
    """A text without white space around it. A subclass sets the allowed length:

    @dataclass(frozen=True, slots=True)
    class Title(Text):
        max_length: ClassVar[int] = 80

    If it sets a `pattern`, the whole text must match it.
    """

    value: str

    min_length: ClassVar[int] = 1
    max_length: ClassVar[int] = 200
    pattern: ClassVar[str] = ""

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Return the text without the white space around it.

        Raises:
            DomainError: the text is too short or too long, contains NUL or a lone surrogate, or does
                not match the pattern.
        """
        text = raw.strip(_BLANKS)
        if len(text) < cls.min_length:
            raise DomainError(f"at least {_characters(cls.min_length)}", code="too_short")
        if len(text) > cls.max_length:
            raise DomainError(f"at most {_characters(cls.max_length)}", code="too_long")
        if _NO_CHARACTER.search(text):
            raise DomainError("contains characters that are not text", code="no_text")
        if cls.pattern and not re.fullmatch(cls.pattern, text):
            raise DomainError(f"must look like {cls.pattern}", code="wrong_form")
        return cls(text)

    @classmethod
    def from_trusted(cls, value: str) -> Self:
        return cls(value)


class Choice(StrEnum):
    """One of a few values. A subclass lists them."""

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Return the choice with this value.

        Raises:
            DomainError: there is none.
        """
        if raw not in {choice.value for choice in cls}:
            raise DomainError(f"one of {', '.join(cls)}", code="unknown_value")
        return cls(raw)


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """An integer. A subclass sets its range:

    @dataclass(frozen=True, slots=True)
    class Quantity(WholeNumber):
        least: ClassVar[int] = 1
        most: ClassVar[int] = 999
    """

    value: int

    least: ClassVar[int] = 0
    most: ClassVar[int] = 2**31 - 1

    @classmethod
    def parse(cls, raw: int) -> Self:
        """Return the number.

        Raises:
            DomainError: it is too small or too large.
        """
        if raw < cls.least:
            raise DomainError(f"at least {cls.least}", code="too_small")
        if raw > cls.most:
            raise DomainError(f"at most {cls.most}", code="too_large")
        return cls(raw)

    @classmethod
    def from_trusted(cls, value: int) -> Self:
        return cls(value)


@dataclass(frozen=True, slots=True)
class DecimalNumber:
    """An exact number, such as an amount of money. A subclass sets its precision and range:

    @dataclass(frozen=True, slots=True)
    class Weight(DecimalNumber):
        places: ClassVar[int] = 3
        most: ClassVar[Decimal] = Decimal(1000)
    """

    value: Decimal

    places: ClassVar[int] = 2
    least: ClassVar[Decimal] = Decimal(0)
    most: ClassVar[Decimal] = Decimal("9999999999.99")

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Return the number that the text represents, with exactly `places` decimals.

        Raises:
            DomainError: the text is not written like `12.50`, or has more than `places` decimals,
                or the number is too small or too large.
        """
        if not _DECIMAL.fullmatch(raw):
            raise DomainError("a number is written like 12.50", code="invalid_number")
        if len(raw.partition(".")[2]) > cls.places:
            raise DomainError(f"at most {cls.places} decimals", code="too_precise")
        # Check the range before `quantize`: arithmetic rounds numbers that have very many digits.
        number = Decimal(raw)
        # -0 is not less than 0, but has a sign, which the API document does not allow there.
        if number < cls.least or (number.is_signed() and cls.least >= 0):
            raise DomainError(f"at least {cls.least}", code="too_small")
        if number > cls.most:
            raise DomainError(f"at most {cls.most}", code="too_large")
        exact = number.quantize(Decimal(1).scaleb(-cls.places), context=_EXACT)
        return cls(_EXACT.plus(exact))  # turns -0.00 into 0.00

    @classmethod
    def from_trusted(cls, value: Decimal) -> Self:
        return cls(value)


# The usual context refuses more than 28 digits, and PostgreSQL stores more.
_EXACT = Context(prec=100)

_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")

# ASCII white space as in WHATWG HTML, so that a pattern in the API document can state the same.
_BLANKS = " \t\n\f\r"

# NUL, which PostgreSQL cannot store, and lone surrogates, which UTF-8 cannot encode.
_NO_CHARACTER = re.compile(r"[\x00\ud800-\udfff]")


def _characters(count: int) -> str:
    return f"{count} character" if count == 1 else f"{count} characters"
