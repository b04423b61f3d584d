"""Rules over several fields, and what breaks them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .fields import FieldView, SampleView
    from .refs import RefView


@dataclass(frozen=True)
class RuleView:
    """A rule over fields.

    ``code`` is what clients get. ``holds`` is the condition in Python over names of fields, without
    those that may be missing; ``optional`` are these. ``sql`` is the constraint, with everything.
    """

    name: str
    code: str
    text: str
    is_comparison: bool
    left: str
    operator: str
    right: str
    fields: tuple[str, ...]
    optional: tuple[str, ...]
    holds: str
    broken_when: str
    """The condition in Python under which it is broken."""
    constraint: str
    sql: str
    broken: tuple[tuple[str, Any], ...]
    """Values, by attribute, that break it and nothing else: for its fields, and those that others compare with them."""
    kept: tuple[Any, ...] = ()
    """Values for both sides that keep it, if equal values do not, or the two cannot be exchanged."""
    documented: str = ""
    """The rule in the docs of a service, with the names that clients know."""
    demand: str = ""
    """What it asks of the field on its left, for whoever broke it."""
    refusal_class: str = ""
    """The refusal of a change that breaks it because of what the change does not set."""
    parameters: str = ""
    """The parameters of the function that requires it."""
    repair: str = ""
    """The statement that makes a body of the fuzz tests keep it."""
    compared: str = ""
    """What of that statement says which members are compared, and how."""
    sample: SampleView | None = None
    """Values for all fields, that break it."""
    just_kept: tuple[str, ...] = ()
    """Values for its fields that keep it with no more than it asks for, as mappings in the domain."""
    spared: tuple[str, ...] = ()
    """Those of them of which something is missing, as mappings of an input."""
    others: tuple[tuple[str, str], ...] = ()
    """The other fields, each with a good value."""

    @property
    def arguments(self) -> str:
        return ", ".join(self.fields)

    @property
    def path(self) -> str:
        """Which part of the input is told to be at fault: the left one, as the rule is read."""
        return f'("{self.fields[0]}",)'


def repairs_of(rules: Sequence[RuleView], body: str = "body") -> tuple[str, ...]:
    """Return statements that make a body of the fuzz tests keep rules, those about the same members together."""
    compared = [rule for rule in rules if rule.is_comparison]
    members = [each for rule in compared for each in rule.fields]
    if len(members) == len(set(members)):
        return tuple(rule.repair for rule in rules)
    listed = ", ".join(f"({rule.compared})" for rule in compared)
    others = (rule.repair for rule in rules if not rule.is_comparison)
    return (*others, f"compare_all({body}, {listed})")


def with_unasked(
    refs: Iterable[RefView], rules: Sequence[RuleView], fields: tuple[FieldView, ...]
) -> tuple[tuple[RefView, tuple[FieldView, ...]], ...]:
    """Return some references, each with the fields that no rule asks for where it is there."""
    return tuple((each, unasked_beside(each.attribute, rules, fields)) for each in refs)


def unasked_beside(
    attribute: str, rules: Sequence[RuleView], fields: tuple[FieldView, ...]
) -> tuple[FieldView, ...]:
    """Return those of some fields that rules ask for, but not where something else is there."""
    asking = [set(rule.fields) for rule in rules if not rule.is_comparison]
    return tuple(
        field
        for field in fields
        if not field.is_left_out
        and (groups := [each for each in asking if field.attribute in each])
        and all(attribute in each for each in groups)
    )


@dataclass(frozen=True)
class StateRule:
    """A rule that a change may break because of what it does not set."""

    refusal_class: str
    broken_when: str


def with_self(condition: str, names_of_fields: set[str]) -> str:
    """Write a condition over fields with some of them as those of the entity."""
    for name in names_of_fields:
        condition = re.sub(rf"(?<![\w.]){name}\b", f"self.{name}", condition)
    return condition


@dataclass(frozen=True)
class RuleTest:
    """Values that break a rule: those that are there before, and those that are set."""

    rule: str
    before: tuple[tuple[str, str], ...]
    sample: SampleView


@dataclass(frozen=True)
class SqlRefusal:
    """A statement that a constraint refuses, as code."""

    statement: str
    constraint: str
