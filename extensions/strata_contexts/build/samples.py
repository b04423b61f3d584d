"""Good values of an aggregate, for the API document and for its tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .. import sample_view
from ..examples import as_json
from ..satisfying import breaks_none, keeping, rows
from ..view import FieldSample

if TYPE_CHECKING:
    from ..field_types import FieldSpec
    from ..view import FieldView, RuleView
    from .subject import Subject


@dataclass(frozen=True)
class Samples:
    """Good values of all fields, several times and each time others, by the names on the page."""

    sets: list[dict[str, Any]]
    given: list[dict[str, Any]]
    """The same, but each optional field that a rule is about is missing once, as far as rules let it."""


def samples_of(subject: Subject) -> Samples:
    spec, page = subject.spec, subject.page
    sets = [
        without_itself(subject, values, spec.fields)
        for values in rows(spec, page, sample_view.NUMBER)
    ]
    sets = sample_view.shortened(spec.fields, page, sets)
    return Samples(sets, sample_view.left_out(spec, sets))


def without_itself(
    subject: Subject, values: dict[str, Any], specs: dict[str, FieldSpec]
) -> dict[str, Any]:
    """Return good values without what the first one could not point to."""
    return values | {name: None for name, spec in specs.items() if subject.is_left_out(name, spec)}


def example(subject: Subject, fields: tuple[FieldView, ...], number: int) -> dict[str, Any]:
    """Return what JSON has for a good one; for each ``number`` another one, if there is any."""
    spec = subject.spec
    found = keeping(spec.fields, spec.rules, subject.page, number)
    found = found or keeping(spec.fields, spec.rules, subject.page) or {}
    return {field.wire: found[field.name] for field in fields}


def may_be_missing(field: FieldView, rules: tuple[RuleView, ...]) -> bool:
    """Tell whether a field may be missing, whatever the others are."""
    ruled = {name for rule in rules for name in rule.fields}
    return field.is_optional and field.attribute not in ruled


def sampled(
    subject: Subject,
    fields: tuple[FieldView, ...],
    samples: Samples,
    rules: tuple[RuleView, ...],
) -> tuple[FieldView, ...]:
    """Add good values to each field."""
    sets = sample_view.samples(subject.spec, fields, samples.given)
    nothing = FieldSample("None", "None", "None")
    found = []
    for field in fields:
        given = [
            FieldSample(
                each.domain[field.attribute], each.input[field.attribute], each.json[field.wire]
            )
            for each in sets
        ]
        if may_be_missing(field, rules):
            given[1] = nothing
        found.append(replace(field, samples=tuple(given)))
    return tuple(found)


def numbered(
    subject: Subject,
    fields: tuple[FieldView, ...],
    samples: Samples,
    rules: tuple[RuleView, ...],
) -> dict[str, str]:
    """Return the value of each field for a ``number``, by attribute."""
    return {
        each.attribute: sample_view.numbered(
            samples.given,
            each,
            subject.spec.fields[each.name],
            may_be_missing=may_be_missing(each, rules),
        )
        for each in fields
    }


def keeps_rules_by_default(subject: Subject, samples: Samples) -> bool:
    """Tell whether the first one keeps the rules with the defaults of its fields, too."""
    specs = subject.spec.fields
    defaults = {
        name: as_json(spec, spec.default, subject.page)
        for name, spec in specs.items()
        if spec.default is not None
    }
    return breaks_none(subject.spec.rules, specs, samples.given[0] | defaults)
