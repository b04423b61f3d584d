"""Judges a default or an example by the type of its field."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final
from uuid import UUID

from . import patterns
from .field_types import (
    BooleanField,
    DateField,
    DatetimeField,
    DecimalField,
    EmailField,
    EnumField,
    IntegerField,
    ListField,
    MoneyField,
    RefField,
    StringField,
    TextField,
    UrlField,
    UuidField,
    ValueField,
)
from .mistakes import listed, quoted

if TYPE_CHECKING:
    from .field_types import FieldSpec
    from .models import Page

# As HTML defines valid addresses (https://html.spec.whatwg.org/#valid-e-mail-address), with a dot.
EMAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
LONGEST_EMAIL: Final = 254
URL: Final = re.compile(r"https?://[^\s/?#@]+(?:[/?#][^\s]*)?")
LONGEST_URL: Final = 500
CURRENCY: Final = re.compile("[A-Z]{3}")
MOST_MONEY: Final = Decimal("9999999999.99")


INFINITE: Final = {
    datetime.datetime(1, 1, 1, tzinfo=datetime.UTC),
    datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.UTC),
}
"""Moments that the driver of PostgreSQL takes for infinity."""


def problem(spec: FieldSpec, value: object, page: Page) -> str:
    """Say what a field expects in place of a value, or nothing if the value is good."""
    match spec:
        case StringField() | TextField():
            return text_problem(spec, value)
        case IntegerField():
            return integer_problem(spec, value)
        case DecimalField():
            return decimal_problem(spec, value)
        case MoneyField():
            return money_problem(value)
        case BooleanField():
            return "" if isinstance(value, bool) else "true or false"
        case DateField():
            return date_problem(value)
        case DatetimeField():
            return datetime_problem(value)
        case UuidField() | RefField():
            return uuid_problem(value)
        case EmailField():
            good = isinstance(value, str) and len(value) <= LONGEST_EMAIL and EMAIL.fullmatch(value)
            return "" if good else "an e-mail address such as ada@example.com"
        case UrlField():
            good = isinstance(value, str) and len(value) <= LONGEST_URL and URL.fullmatch(value)
            return "" if good else "an address such as https://example.com"
        case EnumField():
            if isinstance(value, str) and value in spec.values:
                return ""
            return listed(spec.values, "or")
        case ListField():
            return list_problem(spec, value, page)
        case ValueField():
            return value_problem(spec, value, page)
        case _:
            return ""


def text_problem(spec: StringField | TextField, value: object) -> str:
    if not isinstance(value, str):
        return "text, in quotes where YAML reads something else"
    if value != value.strip():
        return "no white space around it"
    if isinstance(spec, StringField) and ("\n" in value or "\r" in value):
        return "one line (a `text` has several)"
    if not spec.min <= len(value) <= spec.max:
        return f"{spec.min} to {spec.max} characters, and these are {len(value)}"
    pattern = spec.pattern if isinstance(spec, StringField) else None
    if pattern and is_pattern(pattern) and not re.fullmatch(pattern, value):
        return f"what its pattern matches, {pattern}"
    return ""


def is_pattern(text: str) -> bool:
    try:
        patterns.parse(text)
    except patterns.PatternError:
        return False
    return True


def integer_problem(spec: IntegerField, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return "a whole number, without quotes"
    if not spec.min <= value <= spec.max:
        return f"a number from {spec.min} to {spec.max}"
    return ""


def number(value: object) -> Decimal | None:
    """Read a number as it is written; None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,40}(\.[0-9]{1,40})?", value):
        return None
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def places(value: Decimal) -> int:
    """Return how many digits stand after the point."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def digits(count: int) -> str:
    """Count digits, as people do."""
    return "1 digit" if count == 1 else f"{count} digits"


def most_of(spec: DecimalField) -> Decimal:
    """Return the largest number that the digits of a field can write."""
    return Decimal((0, (9,) * spec.precision, -spec.scale))


def least_of(spec: DecimalField) -> Decimal:
    """Return the smallest number; a minus before the largest one would round it to 28 digits."""
    return most_of(spec).copy_negate()


def decimal_bounds(spec: DecimalField) -> tuple[Decimal, Decimal]:
    """Return the smallest and the largest number of a field."""
    most = most_of(spec)
    least = number(spec.min) if spec.min is not None else None
    greatest = number(spec.max) if spec.max is not None else None
    return least_of(spec) if least is None else least, most if greatest is None else greatest


def decimal_problem(spec: DecimalField, value: object) -> str:
    read = number(value)
    if read is None:
        return "a number such as 12.50"
    if places(read) > spec.scale:
        return f"at most {digits(spec.scale)} after the point"
    least, greatest = decimal_bounds(spec)
    if not least <= read <= greatest:
        return f"a number from {least} to {greatest}"
    return ""


def money_problem(value: object) -> str:
    expected = "an amount and a currency: `{amount: '12.50', currency: EUR}`"
    if not isinstance(value, dict) or set(value) != {"amount", "currency"}:
        return expected
    amount, currency = number(value["amount"]), value["currency"]
    if amount is None or not (isinstance(currency, str) and CURRENCY.fullmatch(currency)):
        return expected
    if not 0 <= amount <= MOST_MONEY or places(amount) > 2:
        return f"an amount from 0 to {MOST_MONEY}, with at most 2 digits after the point"
    return ""


def date_problem(value: object) -> str:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return ""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            return "a day that there is"
        return ""
    return "a day such as 2026-01-31"


def datetime_problem(value: object) -> str:
    read = value if isinstance(value, datetime.datetime) else None
    if isinstance(value, str) and "T" in value:
        try:
            read = datetime.datetime.fromisoformat(value)
        except ValueError:
            read = None
    if read is None or read.tzinfo is None:
        return "a moment with its time zone, such as 2026-01-31T12:00:00Z"
    try:
        is_infinite = read.astimezone(datetime.UTC) in INFINITE
    except OverflowError:
        is_infinite = True
    return "a moment within the years 1 to 9999, in UTC" if is_infinite else ""


def uuid_problem(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[0-9A-Fa-f-]{36}", value):
        try:
            UUID(value)
        except ValueError:
            return "a UUID"
        return ""
    return "a UUID such as 01977a3e-5d5c-7a61-9a44-0f2f6d1c9b10"


def list_problem(spec: ListField, value: object, page: Page) -> str:
    if not isinstance(value, list):
        return "a list such as [...]"
    if not spec.min <= len(value) <= spec.max:
        return f"{spec.min} to {spec.max} items, and these are {len(value)}"
    for place, item in enumerate(value):
        if text := problem(spec.of, item, page):
            return f"at [{place}] {text}, got {quoted(item)}"
    return ""


def value_problem(spec: ValueField, value: object, page: Page) -> str:
    declared = page.values.get(spec.type)
    if declared is None:
        return ""
    if not isinstance(value, dict):
        return f"a mapping with {listed(declared.fields)}"
    for key in value:
        if key not in declared.fields:
            return f"a mapping with {listed(declared.fields)} (there is no {quoted(key)})"
    for key, inner in declared.fields.items():
        if key not in value:
            if not inner.optional and inner.default is None:
                return f"a mapping with {key}, too"
        elif text := problem(inner, value[key], page):
            return f"as {key} {text}, got {quoted(value[key])}"
    return ""
