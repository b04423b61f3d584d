"""Rules over two fields: that there are such fields, and that they compare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from .. import names
from ..examples import as_json
from ..field_types import (
    BooleanField,
    BrokenField,
    EmailField,
    EnumField,
    ListField,
    RefField,
    StringField,
    TextField,
    UrlField,
    UuidField,
    ValueField,
)
from ..mistakes import no_field, quoted, spelled
from ..models import AnyOf
from ..rules import parse
from ..satisfying import breaking, compared, holds, keeping
from ..walk import SYSTEM_FIELDS, aggregates, every_field, type_name
from .naming import REMEDY, reserved_attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..field_types import FieldSpec
    from ..mistakes import Mistakes, Path
    from ..models import Page, Rules
    from ..rules import Comparison

EQUALITY: Final = ("==", "!=")
REVERSED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
CONTRARY: Final = {
    "<": {">", ">=", "=="},
    "<=": {">"},
    "==": {"!=", "<", ">"},
    "!=": {"=="},
    ">": {"<", "<=", "=="},
    ">=": {"<"},
}
UNORDERED: Final = (StringField, BooleanField, UuidField, EmailField, UrlField, EnumField, RefField)
NUMBERS: Final = ("integer", "decimal")


def check(page: Page, mistakes: Mistakes) -> None:
    """Add what is wrong with the rules of aggregates and values."""
    for name, value in page.values.items():
        path: Path = ("values", name, "rules")
        check_rules(value.rules, value.fields, path, mistakes)
        if not mistakes.within(("values", name)):
            check_together(value.rules, value.fields, path, page, mistakes)
    for here in aggregates(page):
        path = (*here.path, "rules")
        check_rules(here.aggregate.rules, here.aggregate.fields, path, mistakes)
        if not any(map(mistakes.within, (path, (*here.path, "fields"), ("values",)))):
            check_together(here.aggregate.rules, here.aggregate.fields, path, page, mistakes)
    if not mistakes.within(("values",)):
        check_given(page, mistakes)


def check_rules(rules: Rules, fields: dict[str, FieldSpec], path: Path, mistakes: Mistakes) -> None:
    seen: dict[tuple[str, str], tuple[str, Path]] = {}
    for name, rule in rules.items():
        inner = (*path, name)
        if name in fields:
            mistakes.add(inner, f"{name} is a field already: {REMEDY}")
        elif reserved := reserved_attribute(name):
            mistakes.add(inner, f"{name} is {reserved}: {REMEDY}")
        if isinstance(rule, AnyOf):
            check_any_of(rule, fields, inner, mistakes)
            continue
        comparison = parse(rule)
        if comparison is None:
            mistakes.add(inner, not_a_comparison(rule, fields))
        elif check_comparison(comparison, fields, inner, mistakes):
            check_others(comparison, seen, inner, mistakes)


def not_a_comparison(rule: str, fields: dict[str, FieldSpec]) -> str:
    expected = "expected one comparison of two fields, such as `ends_on >= starts_on`"
    repaired = re.sub(r"=<", "<=", re.sub(r"=>", ">=", rule))
    repaired = re.sub(r"(?<![<>=!])=(?!=)", "==", re.sub(r"<>", "!=", repaired))
    words = rule.split()
    if repaired != rule and parse(repaired):
        return f"{expected}, got {quoted(rule)}: write {repaired}"
    if any(word in ("and", "or", "not", "&&", "||") for word in words):
        return f"{expected}, got {quoted(rule)}: write a rule for each comparison"
    if re.search(r"[<>=]=?\s*-?[0-9\"']", rule):
        return f"{expected}, got {quoted(rule)}: a bound of one field is its `min` or `max`"
    if words and words[0].rstrip(":") == "any_of":
        return f"{expected}, got {quoted(rule)}: write `{{any_of: [phone, email]}}`"
    return f"{expected}, got {quoted(rule)}"


def check_any_of(rule: AnyOf, fields: dict[str, FieldSpec], path: Path, mistakes: Mistakes) -> None:
    seen: set[str] = set()
    for place, name in enumerate(rule.any_of):
        inner = (*path, "any_of", place)
        spec = fields.get(name)
        if spec is None:
            mistakes.add(inner, unknown(name, fields))
        elif isinstance(spec, BrokenField):
            continue
        elif isinstance(spec, ListField):
            mistakes.add(inner, f"{name} is a list, which is always there: say its `min` instead")
        elif not spec.optional:
            mistakes.add(
                inner, f"{name} is always there, so the rule says nothing: make it `optional: true`"
            )
        if name in seen:
            mistakes.add(inner, f"{name} stands here twice: name it once")
        seen.add(name)


def unknown(name: str, fields: dict[str, FieldSpec]) -> str:
    if name in SYSTEM_FIELDS:
        return f"{name} is not declared here, and rules are over declared fields"
    return no_field(name, fields)


def check_comparison(
    rule: Comparison, fields: dict[str, FieldSpec], path: Path, mistakes: Mistakes
) -> bool:
    """Add what is wrong with a comparison; tell whether it can be held against others."""
    missing = [name for name in (rule.left, rule.right) if name not in fields]
    for name in missing:
        mistakes.add(path, unknown(name, fields))
    if missing:
        return False
    if rule.left == rule.right:
        mistakes.add(path, f"compares {rule.left} with itself: name another field")
        return False
    left, right = fields[rule.left], fields[rule.right]
    if isinstance(left, BrokenField) or isinstance(right, BrokenField):
        return False
    if text := incomparable(rule, left, right):
        mistakes.add(path, text)
        return False
    return True


def incomparable(rule: Comparison, left: FieldSpec, right: FieldSpec) -> str:
    kinds = type_name(left), type_name(right)
    for name, spec in ((rule.left, left), (rule.right, right)):
        if isinstance(spec, TextField | ListField | ValueField):
            return f"{name} is {names.article(type_name(spec))}, which does not compare: leave the rule out"
    if kinds[0] != kinds[1] and not set(kinds) <= set(NUMBERS):
        both = (
            f"{rule.left} is {names.article(kinds[0])} and {rule.right} {names.article(kinds[1])}"
        )
        return f"{both}, which do not compare: give them one type"
    if isinstance(left, EnumField) and isinstance(right, EnumField) and left.values != right.values:
        return f"{rule.left} and {rule.right} have different values, which do not compare"
    if isinstance(left, RefField) and isinstance(right, RefField) and left.to != right.to:
        return f"{rule.left} and {rule.right} point to different things, which do not compare"
    if isinstance(left, UNORDERED) and rule.operator not in EQUALITY:
        return f"{names.article(kinds[0])} is not more or less than another: only == and != can be used"
    return ""


def check_others(
    rule: Comparison,
    seen: dict[tuple[str, str], tuple[str, Path]],
    path: Path,
    mistakes: Mistakes,
) -> None:
    """Find rules that say the same, or the contrary, of two fields."""
    operator = rule.operator
    pair = (rule.left, rule.right)
    if rule.left > rule.right:
        pair, operator = (rule.right, rule.left), REVERSED[operator]
    if pair in seen:
        other, where = seen[pair]
        if other == operator:
            mistakes.add(path, f"says the same as {spelled(where)}: keep one")
        elif other in CONTRARY[operator]:
            mistakes.add(path, f"cannot hold together with {spelled(where)}: keep one")
    seen.setdefault(pair, (operator, path))


def check_given(page: Page, mistakes: Mistakes) -> None:
    """Check that values of several fields that stand on the page keep the rules of their type."""
    for field in every_field(page):
        spec = field.spec
        value = page.values.get(spec.type) if isinstance(spec, ValueField) else None
        for key in ("default", "backfill", "example"):
            given = getattr(spec, key)
            if value is None or given is None or mistakes.within((*field.path, key)):
                continue
            known = {
                name: as_json(each, given[name], page)
                for name, each in value.fields.items()
                if given.get(name) is not None
            }
            for name in broken(value.rules, value.fields, known):
                mistakes.add((*field.path, key), f"it breaks the rule {name}: choose another one")


def broken(rules: Rules, fields: dict[str, FieldSpec], known: dict[str, Any]) -> Iterator[str]:
    """Yield the rules that some values break, of which others may be missing."""
    for each in compared(rules, fields):
        both = each.rule.left in known and each.rule.right in known
        if both and not holds(each.rule, fields, known):
            yield each.name
    for name, rule in rules.items():
        if isinstance(rule, AnyOf) and not set(rule.any_of) & known.keys():
            yield name


def check_together(
    rules: Rules, fields: dict[str, FieldSpec], path: Path, page: Page, mistakes: Mistakes
) -> None:
    """Check that some values keep all rules, the examples of the page included."""
    given = {name: spec.example for name, spec in fields.items() if spec.example is not None}
    for each in compared(rules, fields):
        rule = each.rule
        if rule.left in given and rule.right in given:
            examples = {name: as_json(fields[name], given[name], page) for name in given}
            if not holds(rule, fields, examples):
                text = f"the examples of {rule.left} and {rule.right} break it: choose others"
                mistakes.add((*path, each.name), text)
    if not rules or mistakes.within(path):
        return
    if keeping(fields, rules, page) is None:
        mistakes.add(
            path,
            "no values were found that keep all of them: mend the rules, or the bounds of their"
            " fields, or say an `example` for each field in them",
        )
        return
    for each in compared(rules, fields):
        kept = keeping(fields, {each.name: rules[each.name]}, page)
        if kept and not breaking(each.rule, fields, kept, page):
            mistakes.add(
                (*path, each.name),
                "no values were found that break it, so it says nothing: leave it out, or mend the"
                " bounds of its fields",
            )
