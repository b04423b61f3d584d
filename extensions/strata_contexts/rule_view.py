"""Computes the views of rules: their words, and their conditions in Python and SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from . import names
from .columns import any_of_sql, comparison_sql
from .field_types import MoneyField
from .literals import literal
from .mistakes import listed
from .models import AnyOf
from .rules import parse
from .satisfying import breaking, is_like, keeping
from .view import RuleView
from .walk import attribute, type_name

if TYPE_CHECKING:
    from .field_types import FieldSpec
    from .models import Page, Rules
    from .view import FieldView

OPERATOR_WORDS: Final = {
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
    "==": "is the same as",
    "!=": "differs from",
}
DEMANDS: Final = {
    "<": "must be less than",
    "<=": "must be at most",
    ">": "must be more than",
    ">=": "must be at least",
    "==": "must be the same as",
    "!=": "must differ from",
}
TIME_DEMANDS: Final = {
    "<": "must be before",
    "<=": "must not be after",
    ">": "must be after",
    ">=": "must not be before",
}
OF_OWN_CLASSES: Final = ("string", "integer", "decimal", "uuid", "enum")
"""Types whose values are of a class for each field, so that two of them are never equal themselves."""
OPPOSITES: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
STRICT: Final = ("<", ">", "!=")
"""The operators that do not hold of equal values."""
TIME_WORDS: Final = {"<": "is before", "<=": "is not after", ">": "is after", ">=": "is not before"}


def rule_views(
    declared: Rules, fields: dict[str, FieldSpec], page: Page, table: str
) -> tuple[RuleView, ...]:
    return tuple(
        any_of_view(name, rule, fields, page, table)
        if isinstance(rule, AnyOf)
        else comparison_view(name, declared, fields, page, table)
        for name, rule in declared.items()
    )


def any_of_view(
    name: str, rule: AnyOf, fields: dict[str, FieldSpec], page: Page, table: str
) -> RuleView:
    own = [attribute(each, fields[each]) for each in rule.any_of]
    needed = f"{listed(map(names.quoted, rule.any_of), 'or')} is needed"
    return RuleView(
        name=name,
        code=name,
        text=needed,
        is_comparison=False,
        left="",
        operator="",
        right="",
        fields=tuple(own),
        optional=tuple(own),
        holds=" or ".join(f"{each} is not None" for each in own),
        broken_when=" and ".join(f"{each} is None" for each in own),
        constraint=f"ck_{table}_{name}" if table else "",
        sql=any_of_sql(rule, fields, page),
        broken=tuple((each, None) for each in own),
        documented=f"{listed([wired(each, fields) for each in rule.any_of], 'or')} is needed",
        demand=needed,
    )


def comparison_view(
    name: str, declared: Rules, fields: dict[str, FieldSpec], page: Page, table: str
) -> RuleView:
    rule = str(declared[name])
    read = parse(rule)
    if read is None:
        raise ValueError(f"{name} is no comparison: {rule}")
    specs = (fields[read.left], fields[read.right])
    own = (attribute(read.left, specs[0]), attribute(read.right, specs[1]))
    optional = [each for each, spec in zip(own, specs, strict=True) if spec.optional]
    values = keeping(fields, declared, page) or keeping(fields, {name: rule}, page) or {}
    broken = breaking(read, fields, values, page, declared) or {}
    holds = f"{compared(own[0], specs[0])} {read.operator} {compared(own[1], specs[1])}"
    opposite = (
        f"{compared(own[0], specs[0])} {OPPOSITES[read.operator]} {compared(own[1], specs[1])}"
    )
    is_set = read.operator in STRICT or not is_like((read.left, read.right), fields)
    is_time = type_name(specs[0]) in ("date", "datetime")
    said = (OPERATOR_WORDS | (TIME_WORDS if is_time else {}))[read.operator]
    demand = (DEMANDS | (TIME_DEMANDS if is_time else {}))[read.operator]
    if isinstance(specs[0], MoneyField):
        amounts, others = (
            f"{own[0]}.amount.value {operator} {own[1]}.amount.value"
            for operator in (read.operator, OPPOSITES[read.operator])
        )
        alike = f"{own[0]}.currency == {own[1]}.currency"
        unlike = f"{own[0]}.currency != {own[1]}.currency"
        if read.operator == "!=":
            holds, opposite = f"{unlike} or {amounts}", f"{alike} and {others}"
        else:  # amounts of two currencies do not compare
            holds, opposite = f"{alike} and {amounts}", f"{unlike} or {others}"
            opposite = f"({opposite})" if optional else opposite
    return RuleView(
        name=name,
        code=name,
        text=f"{names.quoted(read.left)} {said} {names.quoted(read.right)}",
        is_comparison=True,
        left=own[0],
        operator=read.operator,
        right=own[1],
        fields=own,
        optional=tuple(optional),
        holds=" or ".join([*(f"{each} is None" for each in optional), holds]),
        broken_when=" and ".join([*(f"{each} is not None" for each in optional), opposite]),
        constraint=f"ck_{table}_{name}" if table else "",
        sql=comparison_sql(read, fields),
        broken=tuple((attribute(each, fields[each]), value) for each, value in broken.items()),
        kept=(values[read.left], values[read.right]) if is_set and values else (),
        documented=f"{wired(read.left, fields)} {said} {wired(read.right, fields)}",
        demand=f"{demand} {names.quoted(read.right)}",
    )


def wired(name: str, fields: dict[str, FieldSpec]) -> str:
    """Return what a field is called in JSON, as code in Markdown."""
    return f"`{names.camel(attribute(name, fields[name]))}`"


def compared(name: str, spec: FieldSpec) -> str:
    """Return what of a field is compared in Python."""
    return f"{name}.value" if type_name(spec) in OF_OWN_CLASSES else name


def repaired(rule: RuleView, fields: dict[str, FieldView], body: str = "body") -> RuleView:
    """Return a rule with the statement that makes a body keep it, if all else about that is good."""
    if not rule.is_comparison:
        # What it may point to need not be there yet, so the first one to be given is another field.
        ordered = sorted((fields[each] for each in rule.fields), key=lambda each: each.is_left_out)
        asked = ", ".join(literal(field.wire) for field in ordered)
        statement = f"add_one({body}, [{asked}], {literal(ordered[0].example)})"
        return replace(rule, repair=statement)
    left, right = (fields[each] for each in rule.fields)
    if rule.operator == "==" and right.ref and right.ref.is_repeated:
        left, right = right, left  # what has to be the same follows what other rules are about
    kind = left.type if left.type == right.type else f"{left.type} {right.type}"
    given = [left.wire, rule.operator, right.wire, kind, *rule.kept]
    compared = ", ".join(map(literal, given))
    return replace(rule, repair=f"compare({body}, {compared})", compared=compared)
