"""The constraints of an aggregate's own table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..columns import Check, columns_of

if TYPE_CHECKING:
    from ..view import RuleView
    from .subject import Subject


def checks_of(subject: Subject, rules: tuple[RuleView, ...]) -> tuple[Check, ...]:
    """Return those of columns, of rules, and of the state, with their full names."""
    table = subject.here.table
    found = [
        Check(f"ck_{table}_{check.name}", check.sql)
        for name, spec in (*subject.spec.fields.items(), *subject.asked.items())
        for column in columns_of(name, spec, subject.page)
        for check in column.checks
    ]
    found += [Check(rule.constraint, rule.sql) for rule in rules]
    if subject.here.lifecycle:
        known = ", ".join(f"'{state}'" for state in subject.here.states)
        found.append(Check(f"ck_{table}_state_values", f"state IN ({known})"))
    return tuple(found)
