"""Computes how long the bodies may be that create an aggregate, as `presentation/body_limit.py` does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from . import names, values
from .columns import string_room
from .field_types import (
    DecimalField,
    EmailField,
    EnumField,
    ListField,
    MoneyField,
    StringField,
    TextField,
    UrlField,
    ValueField,
)
from .walk import attribute
from .wire_view import decimal_room

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .field_types import FieldSpec
    from .models import Aggregate, Page

USUAL: Final = 1_048_576
"""The default of `MAX_BODY_BYTES`."""
CHARACTER: Final = 12
TOKEN: Final = 64
OVERHEAD: Final = 200
AMOUNT, CURRENCY = 13, 3


@dataclass(frozen=True)
class LongBody:
    """A body that may be longer than the setting lets it be."""

    url: str
    most: int

    @property
    def written(self) -> str:
        """Its most bytes in millions, rounded up."""
        return f"{-(-self.most // 100_000) / 10:.1f}"


def most_bytes(aggregate: Aggregate, page: Page) -> int:
    """Return the most bytes of a body that creates an aggregate, if each character is escaped."""
    own = [
        (names.camel(attribute(name, spec)), most_of(spec, page))
        for name, spec in aggregate.fields.items()
    ]
    for key, part in aggregate.parts.items():
        inner = (
            (names.camel(attribute(name, spec)), most_of(spec, page))
            for name, spec in part.fields.items()
        )
        own.append((names.camel(key), part.max * (members(inner) + OVERHEAD)))
    return members(own) + OVERHEAD


def members(sizes: Iterable[tuple[str, int]]) -> int:
    """Return the most bytes of an object with these members."""
    return sum(len(name) * CHARACTER + size + OVERHEAD for name, size in sizes)


def most_of(spec: FieldSpec, page: Page) -> int:
    return max(size_of(spec, page), TOKEN if spec.optional else 0)


def size_of(spec: FieldSpec, page: Page) -> int:
    match spec:
        case StringField(pattern=str()):
            return string_room(spec) * CHARACTER
        case StringField() | TextField():
            return spec.max * CHARACTER
        case DecimalField():
            return decimal_room(spec) * CHARACTER
        case EmailField():
            return values.LONGEST_EMAIL * CHARACTER
        case UrlField():
            return values.LONGEST_URL * CHARACTER
        case EnumField():
            return max(len(json.dumps(each)) for each in spec.values) * CHARACTER
        case ListField():
            return spec.max * (most_of(spec.of, page) + OVERHEAD)
        case MoneyField():
            return members([("amount", AMOUNT * CHARACTER), ("currency", CURRENCY * CHARACTER)])
        case ValueField():
            fields = page.values[spec.type].fields
            return members(
                (names.camel(attribute(name, each)), most_of(each, page))
                for name, each in fields.items()
            )
        case _:
            return TOKEN
