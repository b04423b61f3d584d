"""Finds values for the fields of an aggregate or a value that keep all of its rules, or break one."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice, product
from typing import TYPE_CHECKING, Any, Final

from .examples import edges, example
from .field_types import (
    BrokenField,
    DatetimeField,
    DecimalField,
    IntegerField,
    MoneyField,
    RefField,
)
from .models import AnyOf
from .rules import parse
from .values import number as number_of
from .values import problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .field_types import FieldSpec
    from .models import Aggregate, Page, Rules
    from .rules import Comparison

OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
ROUNDS: Final = 200
BROKEN: Final = 20
"""How many values of two fields that break a rule are tried, to find some that break no other one."""
FEW: Final = 9
"""How many examples of two fields are tried with each other."""
LIMITS: Final = ("min", "max", "precision", "scale", "pattern", "values")
"""What says which values a field accepts, beside its type."""
DIFFERENT: Final = 3
"""How many rows tests store that must not have the same."""


@dataclass(frozen=True)
class Compared:
    """A comparison that could be read, with its name."""

    name: str
    rule: Comparison


def compared(rules: Rules, fields: dict[str, FieldSpec]) -> list[Compared]:
    """Return the comparisons of two known fields among some rules."""
    found = []
    for name, text in rules.items():
        rule = None if isinstance(text, AnyOf) else parse(text)
        if rule and all(
            each in fields and not isinstance(fields[each], BrokenField)
            for each in (rule.left, rule.right)
        ):
            found.append(Compared(name, rule))
    return found


def comparable(spec: FieldSpec, value: Any) -> Any:
    """Return what of an example is compared."""
    if isinstance(spec, DecimalField):
        return Decimal(value)
    if isinstance(spec, MoneyField):
        return Decimal(value["amount"])
    if isinstance(spec, DatetimeField):
        return str(value).replace("Z", "+00:00")
    return value


def holds(rule: Comparison, fields: dict[str, FieldSpec], values: dict[str, Any]) -> bool:
    """Tell whether a comparison holds for some examples: where one is missing, it does."""
    if values[rule.left] is None or values[rule.right] is None:
        return True
    left, right = (comparable(fields[each], values[each]) for each in (rule.left, rule.right))
    return OPERATORS[rule.operator](left, right)


def keeping(
    fields: dict[str, FieldSpec], rules: Rules, page: Page, number: int = 0
) -> dict[str, Any] | None:
    """Return an example for each field, so that all rules hold; None if none were found.

    Later numbers of a field are more than earlier ones, so whichever side should be more is moved on.
    """
    return kept(fields, rules, page, dict.fromkeys(fields, number))


def unlike(
    fields: dict[str, FieldSpec], rules: Rules, page: Page, number: int = 0
) -> dict[str, Any] | None:
    """Return examples as ``keeping`` does, so that fields of one type differ from each other, too.

    Tests with them notice if two fields are swapped.
    """
    kinds = [kind_of(spec) for spec in fields.values()]
    numbers = {
        # Of what a `ref` points to there are only a few, so the next one is just the next.
        name: place + number * step(name, spec, place, kinds.count(kind_of(spec)), page)
        for (name, spec), place in zip(fields.items(), places(kinds), strict=True)
        if not isinstance(spec, BrokenField)
    }
    if number == 0:
        numbers |= {name: 0 for name, spec in fields.items() if spec.example is not None}
    start = dict.fromkeys(fields, number) | numbers
    strict: Rules = {
        name: text.replace("=", "")
        if isinstance(text, str) and (">=" in text or "<=" in text)
        else text
        for name, text in rules.items()
    }
    return kept(fields, strict, page, dict(start)) or kept(fields, rules, page, start)


def rows(spec: Aggregate, page: Page, count: int) -> list[dict[str, Any]]:
    """Return examples for some aggregates of one kind, no two of which are the same in what is unique."""
    found: list[dict[str, Any]] = []
    for number in range(count):
        values = unlike(spec.fields, spec.rules, page, number)
        values = values or keeping(spec.fields, spec.rules, page) or {}
        found.append(another(values, found, spec, page) if values else values)
    return found


def another(
    values: dict[str, Any], others: list[dict[str, Any]], spec: Aggregate, page: Page
) -> dict[str, Any]:
    """Return examples with other values in groups that are unique together, where some have the same.

    Rows of one owner differ, too, unless an owner has room for fewer: in most tests, each has another owner.
    """
    owned = [[name for name in group if name != "owner_id"] for group in spec.unique_together]
    free_of_owners = [group for group in spec.unique_together if "owner_id" not in group]
    for groups in (owned, free_of_owners):
        if is_new(values, others, groups):
            return values
        if moved := apart(values, others, groups, spec, page):
            return moved
    return values


def apart(
    values: dict[str, Any],
    others: list[dict[str, Any]],
    groups: list[list[str]],
    spec: Aggregate,
    page: Page,
) -> dict[str, Any] | None:
    """Return examples that differ from others in each group and keep the rules, if some were found."""
    same = [group for group in groups if not is_new(values, others, [group])]
    free = [name for name in dict.fromkeys(chain(*same)) if not spec.fields[name].unique]
    choices = [
        [example(name, spec.fields[name], page, number) for number in range(DIFFERENT)]
        for name in free
    ]
    moved = (values | dict(zip(free, each, strict=True)) for each in product(*choices))
    good = [
        each
        for each in moved
        if breaks_none(spec.rules, spec.fields, each) and is_new(each, others, groups)
    ]
    # The second row differs from the first in each field, so that a change of one ends in no conflict.
    return max(
        good, key=lambda each: sum(each[name] != others[0][name] for name in free), default=None
    )


def is_new(values: dict[str, Any], others: list[dict[str, Any]], groups: list[list[str]]) -> bool:
    """Tell whether some values differ from others in each group."""
    return not any(
        all(values.get(name) == other.get(name) for name in group)
        for group in groups
        for other in others
    )


def step(name: str, spec: FieldSpec, place: int, alike: int, page: Page) -> int:
    """Return how far apart the values of a field are, of whose kind some fields are ``alike``."""
    if isinstance(spec, RefField):
        return 1
    numbers = range(place, place + DIFFERENT * alike, alike)
    few = len({str(example(name, spec, page, number)) for number in numbers}) < DIFFERENT
    return 1 if spec.unique and few else alike


def kind_of(spec: FieldSpec) -> str:
    if isinstance(spec, RefField):
        # One with an example has its own place among those that there are to point to.
        return f"ref to {spec.to.rpartition('.')[2]} such as {spec.example}"
    return spec.type


def places(kinds: list[str]) -> list[int]:
    """Return for each of some kinds how many of it come before."""
    return [kinds[:place].count(kind) for place, kind in enumerate(kinds)]


def kept(
    fields: dict[str, FieldSpec], rules: Rules, page: Page, numbers: dict[str, int]
) -> dict[str, Any] | None:
    values = {
        name: example(name, spec, page, numbers[name])
        for name, spec in fields.items()
        if not isinstance(spec, BrokenField)
    }
    comparisons = compared(rules, fields)
    for _ in range(ROUNDS):
        broken = next((each for each in comparisons if not holds(each.rule, fields, values)), None)
        if broken is None:
            return values
        moved = mended(broken.rule, fields, values, page, numbers[broken.rule.left])
        if moved is None:
            later = (
                broken.rule.left if broken.rule.operator in (">", ">=", "!=") else broken.rule.right
            )
            numbers[later] += 1
            values[later] = example(later, fields[later], page, numbers[later])
        else:
            values |= moved
    return None


def mended(
    rule: Comparison,
    fields: dict[str, FieldSpec],
    values: dict[str, Any],
    page: Page,
    number: int,
) -> dict[str, Any] | None:
    """Make two values the same where a rule says so, as both fields accept it: other ones for each number."""
    if rule.operator != "==":
        return None
    left, right = rule.left, rule.right

    def are_good(found: dict[str, Any]) -> bool:
        accepted = not any(problem(fields[name], value, page) for name, value in found.items())
        return accepted and holds(rule, fields, values | found)

    # The right one follows the left one, unless the page has an example for it.
    followers = (left, right) if fields[right].example is not None else (right, left)
    for name in followers:
        found = {name: written(fields[name], values[left if name == right else right])}
        if are_good(found):
            return found
    pairs = [{left: one, right: two} for one, two in far_apart(rule, fields, page)]
    good = list(filter(are_good, pairs))
    return good[number % len(good)] if good else None


def breaking(
    rule: Comparison,
    fields: dict[str, FieldSpec],
    values: dict[str, Any],
    page: Page,
    rules: Rules | None = None,
) -> dict[str, Any] | None:
    """Return values for the two fields of a rule that break it and nothing of their own.

    Where that can be, they break none of some other rules either: those have values for the fields of theirs.
    """
    pairs = list(islice(broken_pairs(rule, fields, values, page), BROKEN))
    others = [each.rule for each in compared(rules or {}, fields) if each.rule != rule]
    names = linked({rule.left, rule.right}, rules or {}, fields)
    for pair in pairs if len(names) > len({rule.left, rule.right}) else ():
        whole = kept_with(pair, others, fields, values, page)
        if whole:
            return {name: whole[name] for name in fields if name in names}
    return pairs[0] if pairs else None


def broken_pairs(
    rule: Comparison, fields: dict[str, FieldSpec], values: dict[str, Any], page: Page
) -> Iterator[dict[str, Any]]:
    """Yield values for the two fields of a rule that break it."""
    for number in range(ROUNDS):
        for moved in (rule.left, rule.right):
            other = {**values, moved: example(moved, fields[moved], page, number)}
            if not holds(rule, fields, other):
                yield {rule.left: other[rule.left], rule.right: other[rule.right]}
    one, two = values[rule.left], values[rule.right]
    for left, right in ((one, one), (two, two), (two, one), *far_apart(rule, fields, page)):
        other = {rule.left: left, rule.right: right}
        is_good = not any(problem(fields[name], each, page) for name, each in other.items())
        if is_good and not holds(rule, fields, other):
            yield other


def kept_with(
    pair: dict[str, Any],
    rules: list[Comparison],
    fields: dict[str, FieldSpec],
    values: dict[str, Any],
    page: Page,
) -> dict[str, Any] | None:
    """Return values with which a pair of them keeps some rules; None if none were found."""
    found = values | pair
    for _ in rules:
        broken = next((each for each in rules if not holds(each, fields, found)), None)
        if broken is None:
            return found
        free = next((each for each in (broken.left, broken.right) if each not in pair), None)
        if free is None:
            return None
        tried = (
            found | {free: example(free, fields[free], page, number)} for number in range(BROKEN)
        )
        found = next((each for each in tried if holds(broken, fields, each)), found)
    return found if all(holds(each, fields, found) for each in rules) else None


def far_apart(
    rule: Comparison, fields: dict[str, FieldSpec], page: Page
) -> Iterator[tuple[Any, Any]]:
    """Yield values at the ends of two fields, and some others, which both may have in common."""
    names = (rule.left, rule.right)
    ends = [end for name in names for end in edges(fields[name])]
    others = [example(name, fields[name], page, number) for name in names for number in range(FEW)]
    sides = [[written(fields[name], each) for each in (*ends, *others)] for name in names]
    yield from product(*sides)


def written(spec: FieldSpec, value: Any) -> Any:
    """Write a value of another field as a field has it, if it is a number."""
    number = number_of(value)
    if isinstance(spec, DecimalField) and number is not None:
        text = format(number, f".{spec.scale}f")
        return text if Decimal(text) else text.removeprefix("-")
    if isinstance(spec, IntegerField) and number is not None:
        return int(number)
    return value


def breaks_none(rules: Rules, fields: dict[str, FieldSpec], values: dict[str, Any]) -> bool:
    """Tell whether some values keep all comparisons."""
    return all(holds(each.rule, fields, values) for each in compared(rules, fields))


def linked(names: set[str], rules: Rules, fields: dict[str, FieldSpec]) -> set[str]:
    """Return some fields, and those that rules compare with them, directly or not."""
    found = set(names)
    for _ in rules:
        for each in compared(rules, fields):
            pair = {each.rule.left, each.rule.right}
            found |= pair if pair & found else set()
    return found


def just_kept(
    rule: str | AnyOf,
    rules: Rules,
    fields: dict[str, FieldSpec],
    values: dict[str, Any],
    page: Page,
) -> list[dict[str, Any]]:
    """Return values for the fields of a rule that keep it with no more than it asks for.

    They are the same where they may be, or one of them is missing; of several, one is there.
    """
    if isinstance(rule, AnyOf):
        given = {name: values[name] for name in rule.any_of if values.get(name) is not None}
        each = {name: example(name, fields[name], page) for name in rule.any_of} | given
        found = [{**dict.fromkeys(each), name: value} for name, value in each.items()]
    else:
        read = parse(rule)
        if read is None:
            return []
        both = {name: values[name] for name in (read.left, read.right)}
        found = [dict.fromkeys(both, value) for value in both.values() if is_like(both, fields)]
        found = found[:1] if read.operator in ("<=", ">=") else []
        found += [{**both, name: None} for name in both if fields[name].optional]
    return [each for each in found if keeps(rules, fields, values | each)]


def is_like(names: Iterable[str], fields: dict[str, FieldSpec]) -> bool:
    """Tell whether some fields accept the same values."""
    kinds = []
    for name in names:
        spec = fields[name]
        kinds.append([spec.type, *(getattr(spec, key, None) for key in LIMITS)])
    return all(kind == kinds[0] for kind in kinds)


def keeps(rules: Rules, fields: dict[str, FieldSpec], values: dict[str, Any]) -> bool:
    """Tell whether some values keep all rules."""
    asked = [rule.any_of for rule in rules.values() if isinstance(rule, AnyOf)]
    has_each = all(any(values[name] is not None for name in group) for group in asked)
    return has_each and breaks_none(rules, fields, values)
