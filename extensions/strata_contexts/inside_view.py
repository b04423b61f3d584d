"""Computes what a value of several fields is refused for where it stands in a request."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import names
from .literals import literal
from .rule_view import rule_views
from .view import WrongInside
from .wire_view import answered_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .field_types import ValueField
    from .models import Page
    from .view import FieldView


def with_inside(field: FieldView, spec: ValueField, page: Page) -> FieldView:
    """Add to a field what is in its value."""
    repair = f'keep_rules_of_{names.snake(spec.type)}(body, "{field.wire}")'
    return replace(
        field,
        wrong_inside=tuple(wrong_inside(field, spec, page)),
        repair_inside=repair if page.values[spec.type].rules else "",
    )


def wrong_inside(field: FieldView, spec: ValueField, page: Page) -> Iterator[WrongInside]:
    value, start = page.values[spec.type], f"#/{field.wire}"
    for inner, kind in zip(field.fields, value.fields.values(), strict=True):
        for each in inner.refused:
            part = ""
            if inner.type == "money":
                part = "/currency" if each.code == "invalid_currency" else "/amount"
            code = answered_code(kind, each)
            yield WrongInside(
                written=literal({inner.wire: each.value}),
                pointer=f"{start}/{inner.wire}{part}",
                code=code,
                because=f"{inner.label}: {each.because}",
                is_told=code == each.code,
            )
    wires = {inner.attribute: inner.wire for inner in field.fields}
    for rule in rule_views(value.rules, value.fields, page, ""):
        yield WrongInside(
            written=literal({wires[name]: broken for name, broken in rule.broken}),
            pointer=f"{start}/{wires[rule.fields[0]]}",
            code=rule.code,
            because=rule.name.replace("_", " "),
            is_told=True,
        )
