"""Says in words which values a field takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import markdown, names, patterns, values
from .field_types import (
    DecimalField,
    EnumField,
    IntegerField,
    ListField,
    RefField,
    StringField,
    TextField,
    ValueField,
)
from .walk import type_name

if TYPE_CHECKING:
    from .field_types import FieldSpec

KINDS: Final = {
    "money": "an amount with two decimals, and its currency",
    "boolean": "true or false",
    "date": "a day",
    "datetime": "a moment with its time zone",
    "uuid": "an id from elsewhere",
    "email": "an e-mail address",
    "url": "an http or https address",
}


def allowed(spec: FieldSpec) -> str:
    """Return the kind of value that a field takes, with its limits, as Markdown."""
    match spec:
        case StringField():
            if spec.pattern:
                return f"text of the form {markdown.code(patterns.visible(spec.pattern))}"
            return f"text of {span(spec.min, spec.max, 'character')}"
        case TextField():
            return f"text of {span(spec.min, spec.max, 'character')}, on any number of lines"
        case IntegerField():
            return f"a whole number from {spec.min} to {spec.max}"
        case DecimalField():
            least, greatest = values.decimal_bounds(spec)
            after = f" with up to {counted(spec.scale, 'decimal')}" if spec.scale else ""
            return f"a number from {least:f} to {greatest:f}{after}"
        case EnumField():
            return one_of(spec.values)
        case ListField():
            return f"{span(spec.min, spec.max, 'item')}, each {allowed(spec.of)}"
        case RefField():
            return f"the id of {names.article(names.spaced(spec.to.rpartition('.')[2]))}"
        case ValueField():
            label = names.article(names.spaced(spec.type))
            return f"[{label}](../README.md#{names.kebab(spec.type)})"
        case _:
            return KINDS[type_name(spec)]


def one_of(choices: list[str]) -> str:
    written = [f"`{choice}`" for choice in choices]
    return f"one of {', '.join(written)}" if len(written) > 1 else f"always {written[0]}"


def span(least: int, greatest: int, what: str) -> str:
    """Say how many there may be: ``3 to 40 characters``."""
    if least == greatest:
        return counted(least, what)
    if not least or (least == 1 and what == "character"):
        return f"up to {counted(greatest, what)}"
    return f"{least} to {counted(greatest, what)}"


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
