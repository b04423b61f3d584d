"""What the route of an operation declares of its responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names, ref_view
from .removal import is_removal_guarded
from .rules import rule_refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..view import RuleView, UniqueView
    from .subject import Subject


def responses(
    subject: Subject,
    operation: str,
    constant: str,
    rules: tuple[RuleView, ...],
    unique: tuple[UniqueView, ...],
    *,
    is_hidden: bool,
) -> str:
    """Return the argument ``responses``; nothing where there is nothing to declare."""
    refusals = [] if "anyone" in subject.allowed(operation) else [constant]
    if operation not in ("create", "list") and not is_hidden:
        refusals.append(f"{subject.spec.name}NotFoundError")
    refusals += own_refusals(subject, operation, rules, unique)
    refusals += refusals_of_refs(subject, operation)
    declared = [f"problems({', '.join(refusals)})"] if refusals else []
    if operation == "create":
        declared.insert(0, "CREATED")
    elif operation not in ("list", "remove"):
        declared.insert(0, "VERSIONED")
    return " | ".join(declared)


def own_refusals(
    subject: Subject,
    operation: str,
    rules: tuple[RuleView, ...],
    unique: tuple[UniqueView, ...],
) -> Iterator[str]:
    """Yield what is refused because of the state, of rules, or of what another one has."""
    entity = subject.spec.name
    if operation == "create":
        yield from (each.refusal_class for each in unique)
    elif operation in subject.steps:
        yield f"Cannot{names.pascal(operation)}{entity}Error"
    elif operation in subject.here.changes:
        yield from refusals_of_change(subject, operation, rules, unique)
    elif operation == "remove" and is_removal_guarded(subject):
        yield f"CannotRemove{entity}Error"


def refusals_of_change(
    subject: Subject,
    operation: str,
    rules: tuple[RuleView, ...],
    unique: tuple[UniqueView, ...],
) -> Iterator[str]:
    change = (subject.spec.changes or {}).get(operation)
    states = subject.states_in(change.in_ if change else None)
    if set(subject.here.states) - set(states):
        yield f"Cannot{names.pascal(operation)}{subject.spec.name}Error"
    set_here = set(map(subject.column, ref_view.set_by(subject.here, operation)))
    for rule in rules:
        if set_here & set(rule.fields) and not set_here >= set(rule.fields):
            yield rule_refusal(subject.spec.name, rule.name)
    for each in unique:
        if set_here & set(each.columns):
            yield each.refusal_class


def refusals_of_refs(subject: Subject, operation: str) -> Iterator[str]:
    """Yield what is refused because of what fields point to, or of what points here."""
    spec = subject.spec
    yield from ref_view.unknown_classes(spec.name, ref_view.set_by(subject.here, operation))
    if operation == "create":
        for part in spec.parts.values():
            yield from ref_view.unknown_classes(part.name, part.fields)
    if operation == "remove" and subject.is_pointed_to:
        yield f"{spec.name}InUseError"
