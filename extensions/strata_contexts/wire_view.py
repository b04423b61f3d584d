"""Computes what a field is in a request: its type, with all that the API document can say of it.

The document must say what the domain says. What no pattern can say, such as the fewest characters
without the white space around them, is a format, for which the fuzz tests get a strategy.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from . import names, patterns, values, wire_patterns
from .columns import string_room
from .examples import example
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
from .literals import literal, raw_literal
from .view import WireType

if TYPE_CHECKING:
    from .examples import Refused
    from .field_types import FieldSpec
    from .models import Page
    from .view import FieldView

SAMPLES: Final = 5
"""How many texts the fuzz tests know of a pattern that the API document cannot say."""
SHARED: Final = {
    BooleanField: "TrueOrFalse",
    DateField: "Day",
    DatetimeField: "Moment",
    EmailField: "EmailText",
    UrlField: "UrlText",
    MoneyField: "MoneyRequest",
    UuidField: "UuidText",
    RefField: "UuidText",
}
"""Types that all contexts share."""


def wire_type(
    name: str, spec: FieldSpec, class_name: str, entity: str, page: Page
) -> WireType | None:
    """Return the type that a field brings with it; None where it has none of its own."""
    match spec:
        case StringField(pattern=str(own)):
            limits = [f"max_length={string_room(spec)}"]
            if pattern := wire_patterns.declared(spec):
                return made(f"{class_name}Text", "Text", name, spec, page, limits, pattern)
            texts = patterns.parse(own).examples(spec.min, spec.max, SAMPLES)
            strategy = f"st.sampled_from({literal(texts or [example(name, spec, page)])})"
            return formatted(f"{class_name}Text", name, spec, page, entity, limits, strategy)
        case StringField() | TextField():
            limits = [f"max_length={spec.max}"]
            if spec.min == 1:
                return made(f"{class_name}Text", "FilledText", name, spec, page, limits)
            strategy = f"st.text(LETTERS, min_size={spec.min}, max_size={spec.max})"
            return formatted(f"{class_name}Text", name, spec, page, entity, limits, strategy)
        case IntegerField():
            extra = f'json_schema_extra={{"minimum": {spec.min}, "maximum": {spec.max}}}'
            return made(f"{class_name}Number", "WholeNumber", name, spec, page, [], extra=extra)
        case DecimalField():
            return decimal_type(name, spec, class_name, entity, page)
        case EnumField():
            listed = ", ".join(map(literal, spec.values))
            return WireType(f"{class_name}Choice", f"Literal[{listed}]")
        case _:
            return None


def made(
    alias: str,
    base: str,
    name: str,
    spec: FieldSpec,
    page: Page,
    limits: list[str],
    pattern: str = "",
    extra: str = "",
) -> WireType:
    arguments = [*limits, f"examples=[{literal(example(name, spec, page))}]"]
    if spec.doc:
        arguments.append(f"description={literal(names.sentence(spec.doc))}")
    if pattern:
        arguments.append(f'json_schema_extra={{"pattern": {raw_literal(pattern)}}}')
    if extra:
        arguments.append(extra)
    return WireType(alias, f"Annotated[{base}, Field({', '.join(arguments)})]")


def formatted(
    alias: str,
    name: str,
    spec: FieldSpec,
    page: Page,
    entity: str,
    limits: list[str],
    strategy: str,
) -> WireType:
    """Declare a format, which the fuzz tests know by its strategy."""
    own = f"{names.kebab(entity)}-{names.kebab(name)}"
    extra = f'json_schema_extra=of_format("{own}")'
    found = made(alias, "Text", name, spec, page, limits, extra=extra)
    return WireType(found.alias, found.annotation, own, strategy)


def decimal_room(spec: DecimalField) -> int:
    """Return how many characters a number has at most: a sign, a point, and a zero before it."""
    return max(spec.precision, spec.scale + 1) + 2


def decimal_type(
    name: str, spec: DecimalField, class_name: str, entity: str, page: Page
) -> WireType:
    least, greatest = values.decimal_bounds(spec)
    most = values.most_of(spec)
    limits = [f"max_length={decimal_room(spec)}"]
    if greatest == most and least in (Decimal(0), values.least_of(spec)):
        pattern = decimal_pattern(spec)
        return made(f"{class_name}Text", "Text", name, spec, page, limits, pattern)
    strategy = (
        f'st.decimals("{least:f}", "{greatest:f}", places={spec.scale})'
        '.map(lambda number: f"{number:f}")'
    )
    return formatted(f"{class_name}Text", name, spec, page, entity, limits, strategy)


def decimal_pattern(spec: DecimalField) -> str:
    """Return a pattern for what a field may write, for the API document."""
    least, _ = values.decimal_bounds(spec)
    sign = "-?" if least < Decimal(0) else ""
    whole = spec.precision - spec.scale
    digits = f"(?:0|[1-9][0-9]{{0,{whole - 1}}})" if whole > 0 else "0"
    places = f"(?:\\.[0-9]{{1,{spec.scale}}})?" if spec.scale else ""
    return f"^{sign}{digits}{places}$"


def request_annotation(
    spec: FieldSpec, wire: WireType | None, item: FieldView | None, *, is_optional: bool
) -> str:
    """Return the type of a field in a request."""
    nothing = " | None" if is_optional else ""
    if item and isinstance(spec, ListField):
        least = f"min_length={spec.min}, " if spec.min else ""
        about = f", description={literal(names.sentence(spec.doc))}" if spec.doc else ""
        limits = f"Field({least}max_length={spec.max}{about})"
        return f"Annotated[list[{item.request_annotation}], {limits}]"
    if wire:
        return f"{wire.alias}{nothing}"
    if isinstance(spec, ValueField):
        return f"{spec.type}Request{nothing}"
    base = next((shared for kind, shared in SHARED.items() if type(spec) is kind), "Text")
    if spec.doc:
        about = literal(names.sentence(spec.doc))
        return f"Annotated[{base}{nothing}, Field(description={about})]"
    return f"{base}{nothing}"


def answered_code(spec: FieldSpec, refused: Refused) -> str:
    """Return the code with which a request is refused: that of its type, where it comes first."""
    match spec:
        case StringField() | TextField() if refused.code == "too_long":
            return "string_too_long"
        case DecimalField() if len(refused.value) > decimal_room(spec):
            return "string_too_long"
        case EnumField():
            return "literal_error"
        case _:
            return refused.code
