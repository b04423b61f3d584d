"""An aggregate in the other tests: what they try, and what they expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...literals import literal
from ..reads import as_tuple, written_groups
from ..refs import MissingRef
from ..rules import with_unasked
from .application import ApplicationAggregate
from .words import SpokenAggregate

if TYPE_CHECKING:
    from ..fields import FieldView
    from ..operations import TransitionView
    from ..reads import UniqueView
    from ..refs import RefView


class TestedAggregate(SpokenAggregate, ApplicationAggregate):
    """An aggregate, as far as it is about its tests."""

    @property
    def has_fake_values(self) -> bool:
        """Whether its fake says what is unique, or what lists are searched by."""
        return bool(self.unique or self.is_searched)

    @property
    def written_unique(self) -> str:
        return written_groups(self.unique)

    @property
    def copied(self) -> tuple[UniqueView, ...]:
        """What is unique, and that the aggregates of tests have."""
        return tuple(each for each in self.unique if each.is_copied)

    @property
    def written_copied(self) -> str:
        return written_groups(self.freely_copied)

    @property
    def freely_copied(self) -> tuple[UniqueView, ...]:
        return tuple(each for each in self.copied if each.is_free)

    @property
    def is_unique_in_several_ways(self) -> bool:
        return len(self.copied) > 1

    @property
    def outcomes_of_a_copy(self) -> str:
        """What creating the same again may answer: PostgreSQL looks at its oldest index first."""
        return ", ".join(f"(409, {literal(each.refusal_code)})" for each in self.copied)

    @property
    def tested_defaults(self) -> str:
        """What answers have of fields that are left out, if that keeps the rules; otherwise nothing."""
        return self.defaults if self.defaulted and self.keeps_rules_by_default else ""

    @property
    def refusable(self) -> tuple[FieldView, ...]:
        """The fields whose values are refused by a class of their own, each class once."""
        asked = [field for step in self.steps for field in step.fields]
        each = [one for field in (*self.fields, *asked) for one in (field, field.item) if one]
        found = {one.class_name: one for one in each if one.refused and one.value_object}
        return tuple(found.values())

    @property
    def wrong_fields(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.refused)

    @property
    def several(self) -> tuple[FieldView, ...]:
        """The fields whose values have fields that can be wrong."""
        return tuple(field for field in self.fields if field.wrong_inside)

    @property
    def told_fields(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.is_told)

    @property
    def is_refused_by_domain(self) -> bool:
        return bool(self.told_fields)

    @property
    def refusable_steps(self) -> tuple[TransitionView, ...]:
        return tuple(step for step in self.steps if step.refused_from)

    @property
    def shorter_values(self) -> tuple[tuple[str, str], ...]:
        """What transitions ask for without what is optional in it: attributes with code."""
        return tuple(each for step in self.steps for each in step.shorter)

    @property
    def spared(self) -> tuple[str, ...]:
        """Inputs for the fields of each rule, of which something is missing that it does not ask for."""
        return tuple(each for rule in self.rules for each in rule.spared)

    @property
    def self_tests(self) -> tuple[tuple[RefView, tuple[FieldView, ...]], ...]:
        """What may point to its own kind, each with the fields that no rule asks for then."""
        return with_unasked(self.self_refs, self.rules, self.fields)

    @property
    def self_key_tests(self) -> tuple[tuple[RefView, tuple[FieldView, ...]], ...]:
        """The same of all foreign keys to its own table, those that transitions set included."""
        return with_unasked(self.self_keys, self.rules, self.fields)

    @property
    def missing_refs(self) -> tuple[MissingRef, ...]:
        """What may be missing although rules are about it, as no other test has it."""
        ruled = {name for rule in self.rules for name in rule.fields}
        there = {field.attribute for field in self.fields if not field.is_left_out}
        found = []
        for ref in self.asked_refs:
            if not ref.is_optional or ref.is_left_out or ref.attribute not in ruled:
                continue
            instead = [
                next((each for each in self.self_refs if each.attribute in rule.fields), None)
                for rule in self.rules
                if not rule.is_comparison
                and ref.attribute in rule.fields
                and there & set(rule.fields) == {ref.attribute}
            ]
            others = dict.fromkeys(each.to_first for each in instead if each)
            given = ", ".join([ref.given("None"), *others])
            found.append(MissingRef(ref, given, needs_first=bool(others)))
        return tuple(found)

    @property
    def hidden_attributes(self) -> str:
        """The attributes that no representation shows, as a set."""
        return f"{{{', '.join(literal(field.attribute) for field in self.hidden)}}}"

    @property
    def compares_some(self) -> bool:
        """Whether answers differ from what was sent."""
        return bool(self.hides or self.parts)

    @property
    def compared_otherwise(self) -> str:
        """The names in JSON of what answers do not have, or have with ids, as a set."""
        hidden = [field.wire for field in self.hidden]
        names_there = [*hidden, *(part.wire for part in self.parts)]
        return f"{{{', '.join(map(literal, names_there))}}}" if names_there else ""

    @property
    def part_parameters(self) -> str:
        """The parameters of a test's function that creates one with other parts than usual."""
        found = (f"{part.attribute}: tuple[{part.name}, ...] | None = None" for part in self.parts)
        return f"*, {', '.join(found)}"

    @property
    def imported_test_inputs(self) -> str:
        """What the tests of its parts know from those of its use cases."""
        steps = {step.constant for part in self.parts for step in part.steps_before if step.fields}
        nowhere = ["NOWHERE"] if self.part_refs else []
        return ", ".join(["ADA", "FIRST", *nowhere, "World", *sorted(steps)])

    @property
    def imported_test_bodies(self) -> str:
        """What the tests of its parts know from those of its routes."""
        ways = (way for part in self.parts for way in (part.steps_before, part.steps_to_refusal))
        steps = {step.constant for way in ways for step in way if step.fields}
        nowhere = ["NOWHERE"] if self.part_refs else []
        stored = ["store_targets"] if self.stored else []
        own = [self.labelled_snake, "outcome", *stored]
        return ", ".join(["ADA", "FIRST", *nowhere, "WHO", *own, *sorted(steps)])

    @property
    def part_attributes(self) -> str:
        return as_tuple(tuple(part.attribute for part in self.parts))

    @property
    def contract_bases(self) -> str:
        """The contracts that its repository keeps."""
        found = [*self.listing.contracts]
        if self.has_owner:
            found.append("OwnedRemoveContract" if self.can_be_removed else "OwnedContract")
        elif self.can_be_removed:
            found.append("RemoveContract")
        found += ["PartsContract"] if self.parts else []
        return ", ".join(f"{each}[{self.name}]" for each in found)
