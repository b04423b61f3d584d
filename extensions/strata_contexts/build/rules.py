"""The rules of an aggregate over several fields, with values that break them and values that just keep them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .. import names, sample_view
from ..models import AnyOf
from ..rule_view import repaired, rule_views
from ..satisfying import just_kept
from ..view import RuleTest
from ..walk import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..view import FieldView, RuleView, SampleView
    from .samples import Samples
    from .subject import Subject


def rules_of(
    subject: Subject, fields: tuple[FieldView, ...], samples: Samples
) -> tuple[RuleView, ...]:
    """Return its rules with what needs the fields in code."""
    specs = subject.spec.fields
    by_attribute = {field.attribute: field for field in fields}
    on_page = {attribute(name, spec): name for name, spec in specs.items()}
    first = sample_view.sample(samples.sets[0], specs, fields)
    found = []
    for rule in rule_views(subject.spec.rules, specs, subject.page, subject.here.table):
        broken = {on_page[each]: value for each, value in rule.broken}
        asked = [field for field in fields if field.attribute in rule.fields]
        kept = list(kept_samples(subject, rule, asked, samples.sets[0]))
        found.append(
            replace(
                repaired(rule, by_attribute),
                refusal_class=rule_refusal(subject.spec.name, rule.name),
                parameters=", ".join(
                    f"{each}: {by_attribute[each].domain_annotation}" for each in rule.fields
                ),
                sample=sample_view.sample(samples.sets[0] | broken, specs, fields),
                just_kept=tuple(sample_view.as_mapping(each.domain) for each in kept),
                spared=tuple(
                    sample_view.as_mapping(
                        {field.input_name: each.input[field.attribute] for field in asked}
                    )
                    for each in kept
                    if "None" in each.input.values()
                ),
                others=tuple(
                    (field.attribute, first.domain[field.attribute])
                    for field in fields
                    if field.attribute not in rule.fields
                ),
            )
        )
    return tuple(found)


def kept_samples(
    subject: Subject, rule: RuleView, asked: list[FieldView], values: dict[str, Any]
) -> Iterator[SampleView]:
    """Yield values for the fields of a rule that keep it with no more than it asks for, beside other values."""
    specs, rules = subject.spec.fields, subject.spec.rules
    refs = [field.ref for field in asked if field.ref]
    if any(ref.is_self or ref.is_left_out for ref in refs):
        return  # what one of its own kind points to is not there yet
    if refs and not isinstance(rules[rule.name], AnyOf):
        return  # values that are compared would point to what is not there
    for kept in just_kept(rules[rule.name], rules, specs, values, subject.page):
        yield sample_view.sample(kept, specs, asked)


def spared_by(
    subject: Subject,
    rules: tuple[RuleView, ...],
    fields: tuple[FieldView, ...],
    set_here: set[str],
    values: dict[str, Any],
) -> Iterator[str]:
    """Yield inputs of a change of which something is missing that no rule asks for.

    ``set_here`` are the attributes that it sets, ``values`` those of an aggregate after it.
    """
    for rule in rules:
        asked = [field for field in fields if field.attribute in rule.fields]
        usual = sample_view.sample(values, subject.spec.fields, asked).input
        for kept in kept_samples(subject, rule, asked, values):
            own = {
                each.input_name: kept.input[each.attribute]
                for each in asked
                if each.attribute in set_here
            }
            others = (each.attribute for each in asked if each.attribute not in set_here)
            if "None" in own.values() and all(kept.input[each] == usual[each] for each in others):
                yield sample_view.as_mapping(own)


def rule_refusal(entity: str, rule: str) -> str:
    return f"{entity}{names.pascal(rule)}Error"


def rule_tests(rules: tuple[RuleView, ...], fields: tuple[FieldView, ...]) -> Iterator[RuleTest]:
    """Yield the values with which a change of some fields breaks each of their rules."""
    here = {field.attribute for field in fields}
    for rule in rules:
        if rule.sample and here & set(rule.fields):
            given = dict.fromkeys((*rule.fields, *dict(rule.broken)))
            before = tuple((each, rule.sample.domain[each]) for each in given if each not in here)
            yield RuleTest(rule.name, before, rule.sample)
