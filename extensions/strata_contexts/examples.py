"""Values for tests and the API document: made up, always the same, and good or bad on purpose.

They are what JSON has: decimals and times are strings, money and values are mappings.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from . import names, patterns, values
from .allowed import counted
from .columns import string_room
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
from .walk import every_field

if TYPE_CHECKING:
    from collections.abc import Container

    from .field_types import FieldSpec
    from .models import Page

FIRST_DAY: Final = datetime.date(2026, 1, 31)
NOON: Final = "T12:00:00Z"
EXACT: Final = Context(prec=100)
"""For numbers with more digits than the usual context keeps."""
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
FIRST_ID: Final = UUID("01977a3e-5d5c-7a61-9a44-0f2f6d1c9b10")
REFERRED: Final = 3
"""How many aggregates of each kind the tests point to."""


@dataclass(frozen=True)
class Refused:
    """A value that a field refuses, with the code of the refusal and a few words for a test's name."""

    value: Any
    code: str
    because: str


def example(name: str, spec: FieldSpec, page: Page, number: int = 0) -> Any:
    """Return a good value; other numbers give other values, as far as the type has them."""
    if isinstance(spec, RefField):
        return ref_example(spec, page, number)
    if spec.example is not None and number == 0:
        return as_json(spec, spec.example, page)
    match spec:
        case StringField() | TextField():
            return text_example(name, spec, number)
        case IntegerField():
            start = spec.min if spec.min > 0 or spec.max < 1 else 1
            return spec.min + (start - spec.min + number) % (spec.max - spec.min + 1)
        case DecimalField():
            return decimal_example(spec, number)
        case MoneyField():
            return {"amount": f"{12 + number}.50", "currency": "EUR"}
        case BooleanField():
            return number % 2 == 0
        case DateField():
            return (FIRST_DAY + datetime.timedelta(days=number)).isoformat()
        case DatetimeField():
            return (FIRST_DAY + datetime.timedelta(days=number)).isoformat() + NOON
        case UuidField():
            return str(UUID(int=FIRST_ID.int + number))
        case EmailField():
            return f"{'ada' if number == 0 else f'ada{number}'}@example.com"
        case UrlField():
            return f"https://example.com/{names.kebab(name)}{number or ''}"
        case EnumField():
            return spec.values[number % len(spec.values)]
        case ListField():
            count = min(max(1, spec.min), spec.max)
            return [example(name, spec.of, page, number + place) for place in range(count)]
        case ValueField():
            return value_example(spec, page, number)
        case _:
            raise TypeError(f"no example for {type(spec).__name__}")


def value_example(spec: ValueField, page: Page, number: int = 0) -> dict[str, Any]:
    """Return a value of several fields, as JSON has it, that keeps its rules."""
    from .satisfying import keeping, unlike  # which look for examples of single fields

    value = page.values[spec.type]
    found = unlike(value.fields, value.rules, page, number)
    found = found or keeping(value.fields, value.rules, page) or {}
    return {names.camel(key): each for key, each in found.items()}


def ref_example(spec: RefField, page: Page, number: int) -> str:
    """Return the id of one of the few aggregates of a kind that tests point to."""
    ids = ref_ids(spec.to.rpartition(".")[2], page)
    given = given_id(spec, page)
    return ids[((ids.index(given) if given else 0) + number) % len(ids)]


def ref_ids(name: str, page: Page) -> tuple[str, ...]:
    """Return the ids of the few aggregates of a kind that tests point to, the page's examples last."""
    given = {
        each: None
        for field in every_field(page)
        if isinstance(field.spec, RefField) and field.spec.to.rpartition(".")[2] == name
        for each in [given_id(field.spec, page)]
        if each
    }
    made_up = [str(uuid5(FIRST_ID, f"{name} {number}")) for number in range(REFERRED)]
    return (*made_up[: max(0, REFERRED - len(given))], *given)


def given_id(spec: RefField, page: Page) -> str:
    """Return the id that the page has as an example; nothing where it has none, or a bad one."""
    if spec.example is None or values.problem(spec, spec.example, page):
        return ""
    return str(as_json(spec, spec.example, page))


def as_json(spec: FieldSpec, value: Any, page: Page) -> Any:
    """Write what stands on the page as JSON has it."""
    match spec:
        case DecimalField():
            read = values.number(value)
            return format(read, f".{spec.scale}f") if read is not None else value
        case MoneyField():
            amount = values.number(value["amount"]) or Decimal(0)
            return {"amount": f"{amount:.2f}", "currency": value["currency"]}
        case DatetimeField():
            return in_utc(value)
        case DateField() if isinstance(value, datetime.date):
            return value.isoformat()
        case UuidField() | RefField():
            return str(UUID(value))
        case ListField():
            return [as_json(spec.of, item, page) for item in value]
        case ValueField():
            return {
                names.camel(key): as_json(each, value[key], page) if key in value else None
                for key, each in page.values[spec.type].fields.items()
            }
        case _:
            return value


def in_utc(value: str | datetime.datetime) -> str:
    """Write a moment as answers have it."""
    moment = datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def text_example(name: str, spec: StringField | TextField, number: int) -> str:
    if isinstance(spec, StringField) and spec.pattern:
        return pattern_example(spec, patterns.parse(spec.pattern), number)
    text = names.spaced(name).capitalize() + (f" {number + 1}" if number else "")
    if len(text) > spec.max:
        text = text[: spec.max].strip() if not number else digits_in(number, spec.max)
    return text.ljust(spec.min, "x")


def digits_in(number: int, length: int) -> str:
    """Write a number with letters, in at most so many characters."""
    text = ""
    while number or not text:
        number, rest = divmod(number, len(LETTERS))
        text = LETTERS[rest] + text
    return text[-length:]


def pattern_example(spec: StringField, pattern: patterns.Pattern, number: int) -> str:
    good = pattern.examples(spec.min, spec.max, number + 1)
    if not good and spec.example is not None:
        return str(spec.example)
    return good[number % len(good)]


def decimal_example(spec: DecimalField, number: int) -> str:
    with localcontext(EXACT):
        least, greatest = values.decimal_bounds(spec)
        step = Decimal(1).scaleb(-spec.scale)
        start = max(least, min(greatest, Decimal(1)))
        steps = int((greatest - least) / step) + 1
        place = (int((start - least) / step) + number) % steps
        return format(least + place * step, f".{spec.scale}f")


def refused(name: str, spec: FieldSpec, page: Page) -> list[Refused]:
    """Return values that break each rule of a type, one rule each."""
    match spec:
        case StringField() | TextField():
            return refused_texts(spec)
        case IntegerField():
            return [
                Refused(spec.min - 1, "too_small", f"less than {spec.min}"),
                Refused(spec.max + 1, "too_large", f"more than {spec.max}"),
            ]
        case DecimalField():
            return refused_decimals(spec)
        case MoneyField():
            return [
                Refused({"amount": "-0.01", "currency": "EUR"}, "too_small", "less than nothing"),
                Refused({"amount": "1.005", "currency": "EUR"}, "too_precise", "half a cent"),
                Refused({"amount": "1.00", "currency": "eur"}, "invalid_currency", "no currency"),
            ]
        case EmailField():
            return [Refused("nobody", "invalid_email", "no address")]
        case UrlField():
            return [Refused("example", "invalid_url", "no address")]
        case EnumField():
            return [Refused(unknown_value(spec.values), "unknown_value", "none of its values")]
        case ListField():
            return refused_lists(name, spec, page)
        case ValueField():
            whole = value_example(spec, page)
            return [
                Refused(
                    {**whole, names.camel(key): each.value}, each.code, f"its {key}: {each.because}"
                )
                for key, inner in page.values[spec.type].fields.items()
                for each in refused(key, inner, page)
            ]
        case _:
            return []


def edges(spec: FieldSpec) -> list[Any]:
    """Return the least and the greatest value that a class of its own accepts, as far as bounds say it."""
    match spec:
        case StringField() | TextField() if not getattr(spec, "pattern", None):
            found: list[Any] = ["x" * spec.min, "x" * spec.max]
        case IntegerField():
            found = [spec.min, spec.max]
        case DecimalField():
            found = [f"{bound:.{spec.scale}f}" for bound in values.decimal_bounds(spec)]
        case _:
            found = []
    return list(dict.fromkeys(found))


def unknown_value(known: Container[str], other: str = "other") -> str:
    """Return a value that is none of those that are known."""
    while other in known:
        other = f"an{other}"
    return other


def refused_texts(spec: StringField | TextField) -> list[Refused]:
    longest = string_room(spec) if isinstance(spec, StringField) else spec.max
    found = [
        Refused("x" * (spec.min - 1), "too_short", f"fewer than {counted(spec.min, 'character')}"),
        Refused("x" * (longest + 1), "too_long", f"more than {counted(longest, 'character')}"),
    ]
    if isinstance(spec, StringField) and spec.pattern:
        misfits = patterns.parse(spec.pattern).misfits(spec.min, longest)
        wrong = next((text for text in misfits if is_plain(text)), None)
        if wrong:
            found.append(Refused(wrong, "wrong_form", "not of its form"))
    return found


def is_plain(text: str) -> bool:
    """Tell whether a text is a line without white space around it."""
    return text.isprintable() and text == text.strip()


def refused_decimals(spec: DecimalField) -> list[Refused]:
    least, greatest = values.decimal_bounds(spec)
    step = Decimal(1).scaleb(-spec.scale)
    less, more = EXACT.subtract(least, step), EXACT.add(greatest, step)
    return [
        Refused("no", "invalid_number", "no number"),
        Refused(
            f"{least:.{spec.scale}f}1" if spec.scale else f"{least:f}.1",
            "too_precise",
            "too precise",
        ),
        Refused(f"{less:f}", "too_small", f"less than {least}"),
        Refused(f"{more:f}", "too_large", f"more than {greatest}"),
    ]


def refused_lists(name: str, spec: ListField, page: Page) -> list[Refused]:
    item = example(name, spec.of, page)
    found = [Refused([item] * (spec.max + 1), "too_many", f"more than {counted(spec.max, 'item')}")]
    if spec.min:
        found.append(
            Refused([item] * (spec.min - 1), "too_few", f"fewer than {counted(spec.min, 'item')}")
        )
    rest = [item] * max(0, spec.min - 1)
    return found + [
        Refused([*rest, each.value], each.code, f"an item: {each.because}")
        for each in refused(name, spec.of, page)
    ]
