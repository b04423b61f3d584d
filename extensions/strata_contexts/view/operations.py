"""What can be done with an aggregate: changes, transitions, removal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import names, words
from ..literals import literal
from .fields import Answered, FieldView, SampleView
from .given import Given
from .refs import Pointing
from .rules import RuleTest, RuleView, StateRule, with_self, with_unasked

if TYPE_CHECKING:
    from .access import PermissionView
    from .reads import UniqueView
    from .refs import RefView


def constant_of(operation: str) -> str:
    """Return what the tests call the input of an operation: REDIRECT, or TO_SECOND beside a SECOND."""
    name = operation.upper()
    return f"TO_{name}" if name in words.TEST_CONSTANTS else name


@dataclass(frozen=True)
class ChangeView(Answered, Pointing):
    """An intent that changes fields. ``states`` are those in which it is possible."""

    name: str
    pascal: str
    url: str
    label: str
    doc: str
    fields: tuple[FieldView, ...]
    rules: tuple[RuleView, ...]
    """The rules over a field that it sets."""
    states: tuple[str, ...]
    other_states: tuple[str, ...]
    permission: PermissionView | None
    is_default: bool
    access: PermissionView
    sample: SampleView
    refusal_class: str
    refusal_code: str
    can_conflict: bool
    """Whether another row may have what it sets."""
    shows_conflict: bool
    """Whether a test can show it."""
    way: tuple[str, ...]
    """The transitions that lead from a new aggregate to one that can be changed so."""
    sentence: str
    is_refused_when: str
    refused_because: str
    allowed_states: str
    """The states in which it is possible, as a list of the enum's members."""
    refused_states: str
    unique: tuple[UniqueView, ...]
    taken_input: str
    """An input for another aggregate, which has what the change would set."""
    missing: tuple[FieldView, ...]
    """The fields that it may leave empty, whatever the others are."""
    spared: tuple[str, ...]
    """Inputs of which something is missing that no rule asks for."""
    steps_before: tuple[TransitionView, ...]
    rule_tests: tuple[RuleTest, ...]

    @property
    def late_refs(self) -> tuple[tuple[FieldView, tuple[tuple[str, str], ...]], ...]:
        """What may only point to something later, each with the arguments of a test that sets it."""
        given = [(field.attribute, self.sample.domain[field.attribute]) for field in self.fields]
        return tuple(
            (field, tuple((dict(given) | {field.attribute: "new_id"}).items()))
            for field in self.fields
            if field.is_left_out
        )

    @property
    def self_tests(self) -> tuple[tuple[RefView, tuple[FieldView, ...]], ...]:
        """What it may set to ``other``, which is of its own kind, each with the fields that no rule asks for then."""
        return with_unasked(self.self_refs, self.rules, self.fields)

    @property
    def first_state(self) -> str:
        """The first state in which it is possible, as a member of the enum."""
        return self.allowed_states.strip("[]").partition(", ")[0]

    @property
    def without(self) -> str:
        """The arguments that leave them empty."""
        return ", ".join(f"{field.input_name}=None" for field in self.missing)

    @property
    def is_guarded(self) -> bool:
        return bool(self.other_states)

    @property
    def is_translating(self) -> bool:
        """Whether the database may refuse what it sets, and the use case says why."""
        return bool(self.can_conflict or self.local_refs)

    @property
    def can_fail(self) -> bool:
        return bool(self.is_guarded or self.rules)

    @property
    def is_parsed(self) -> bool:
        return any(field.is_parsed for field in self.fields)

    @property
    def constant(self) -> str:
        return constant_of(self.name)

    @property
    def steps_and_itself(self) -> int:
        return len(self.steps_before) + 1

    @property
    def may_be_invalid(self) -> bool:
        """Whether something in its input may break a rule."""
        return bool(self.is_parsed or self.whole_rules)

    @property
    def whole_rules(self) -> tuple[RuleView, ...]:
        """The rules of which it sets all fields: what breaks them is in the input."""
        here = {field.attribute for field in self.fields}
        return tuple(rule for rule in self.rules if here >= set(rule.fields))

    @property
    def state_rules(self) -> tuple[StateRule, ...]:
        """The rules of which it sets some fields: what breaks them depends on the others."""
        here = {field.attribute for field in self.fields}
        return tuple(
            StateRule(rule.refusal_class, with_self(rule.broken_when, set(rule.fields) - here))
            for rule in self.rules
            if not here >= set(rule.fields)
        )


@dataclass(frozen=True)
class TransitionView(Given, Pointing):
    """A step of a lifecycle. ``refused_from`` are the states in which it is refused."""

    name: str
    pascal: str
    url: str
    label: str
    doc: str
    from_states: tuple[str, ...]
    refused_from: tuple[str, ...]
    to_state: str
    fields: tuple[FieldView, ...]
    permission: PermissionView | None
    access: PermissionView
    sample: SampleView
    refusal_class: str
    refusal_code: str
    way: tuple[str, ...]
    """The transitions that lead from a new aggregate to one that can make this step."""
    sentence: str = ""
    is_refused_when: str = ""
    refused_because: str = ""
    allowed_states: str = ""
    refused_states: str = ""
    to_member: str = ""
    shorter: tuple[tuple[str, str], ...] = ()
    """What it asks for without what is optional in it: attributes with code."""
    steps_before: tuple[TransitionView, ...] = ()
    steps_to_refusal: tuple[TransitionView, ...] = ()
    """The transitions that lead to a state in which it is refused."""

    @property
    def hidden(self) -> tuple[FieldView, ...]:
        """What its answer does not have."""
        return tuple(field for field in self.fields if field.is_sensitive)

    @property
    def partly_hidden(self) -> tuple[FieldView, ...]:
        """The values of which its answer does not have all."""
        return tuple(field for field in self.fields if field.hidden_inside)

    @property
    def answers_all(self) -> bool:
        """Whether its answer has all that was given, as it was given."""
        return bool(self.fields) and not (self.answered_otherwise or self.partly_hidden)

    @property
    def answers_some(self) -> bool:
        """Whether its answer has some of what was given."""
        own = {each.attribute for each in self.needed_selves}
        return any(not f.is_sensitive and f.attribute not in own for f in self.fields)

    @property
    def answered_otherwise(self) -> str:
        """The names in JSON of what its answer does not have, or not as tests have it, as a set."""
        found = [
            *(field.wire for field in self.hidden),
            *(each.wire for each in self.needed_selves),
        ]
        return f"{{{', '.join(map(literal, dict.fromkeys(found)))}}}" if found else ""

    @property
    def missing(self) -> tuple[FieldView, ...]:
        """What it asks for and need not be said."""
        return tuple(field for field in self.fields if field.is_optional)

    @property
    def without(self) -> str:
        """The arguments that do not say it."""
        unsaid = [f"{field.input_name}=None" for field in self.missing]
        return ", ".join([*self._pointing_to("created"), *unsaid])

    @property
    def written_input(self) -> dict[str, str]:
        """Its fields in a test's input. What it needs of its own kind is said where it is used."""
        return self.sample.input | {each.attribute: "NOWHERE" for each in self.needed_selves}

    @property
    def written_json(self) -> dict[str, str]:
        return self.sample.json | {each.wire: "NOWHERE" for each in self.needed_selves}

    @property
    def self_tests(self) -> tuple[tuple[RefView, str], ...]:
        """What may point to ``other``, which is of its own kind, with the arguments by which it does."""
        needed = self._pointing_to("other")
        return tuple(
            (each, ", ".join(dict.fromkeys([f"{each.input_name}=str(other.id.value)", *needed])))
            for each in self.self_refs
        )

    @property
    def circular_tests(self) -> tuple[tuple[RefView, str], ...]:
        """What may point to a ``target`` that points back, with the arguments by which it does."""
        needed = self._pointing_to("created")
        return tuple((each, ", ".join([each.to_target, *needed])) for each in self.circular_refs)

    def _pointing_to(self, variable: str) -> list[str]:
        return [f"{each.input_name}=str({variable}.id.value)" for each in self.needed_selves]

    @property
    def to_state_snake(self) -> str:
        return self.to_state.replace("-", "_")

    @property
    def is_parsed(self) -> bool:
        return any(field.is_parsed for field in self.fields)

    @property
    def constant(self) -> str:
        return constant_of(self.name)

    @property
    def is_translating(self) -> bool:
        return bool(self.local_refs)

    @property
    def call(self) -> str:
        """Its arguments in a test of the domain, up to the time."""
        given = "".join(f"{name}={value}, " for name, value in self.sample.domain.items())
        return f"{given}now=" if given else ""

    @property
    def call_in_repository(self) -> str:
        """The same for the ``aggregate`` of a test with a database, which may point to itself."""
        given = self.sample.domain | dict.fromkeys(
            (each.attribute for each in self.needed_selves), "aggregate.id"
        )
        return "".join(f"{name}={value}, " for name, value in given.items()) + "now=" * bool(given)

    @property
    def more_input(self) -> str:
        """Its input for the aggregate that a test has ``created``, which may point to itself."""
        if self.needed_selves:
            return f", replace({self.constant}, {', '.join(self._pointing_to('created'))})"
        return f", {self.constant}" if self.fields else ""

    @property
    def more_json(self) -> str:
        """The same for the one at an ``address``."""
        own = (f'"{each.wire}": address.rpartition("/")[2]' for each in self.needed_selves)
        if self.needed_selves:
            return f", json={self.constant} | {{{', '.join(own)}}}"
        return f", json={self.constant}" if self.fields else ""


@dataclass(frozen=True)
class RemovalView:
    """When an aggregate may be removed."""

    is_guarded: bool
    refusal_class: str
    refusal_code: str
    is_refused_when: str
    refused_because: str
    allowed_states: str
    refused_states: str
    steps_before: tuple[TransitionView, ...]
    steps_to_refusal: tuple[TransitionView, ...]


@dataclass(frozen=True)
class Refusal:
    """A refusal because of a state."""

    name: str
    code: str
    detail: str
    path: str = ""
    is_formatted: bool = False
    """Whether ``detail`` names constants, as a formatted text does."""

    @property
    def written_detail(self) -> str:
        return f'{"f" if self.is_formatted else ""}"{self.detail}"'


def refusal_of(operation: str, name: str, code: str) -> Refusal:
    """Return the refusal of what the state of an aggregate does not allow."""
    return Refusal(name, code, f"cannot {names.spaced(operation)} in this state")


@dataclass(frozen=True)
class UseCase:
    """A use case, as the composition root binds it."""

    name: str
    callable: str
    sessions: str
    clock: str
    targets: str = ""


@dataclass(frozen=True)
class StateView:
    """A state, with the transitions that lead from a new aggregate to it."""

    name: str
    member: str
    is_initial: bool
    is_final: bool
    way: tuple[str, ...]


@dataclass(frozen=True)
class LifecycleView:
    """The states of an aggregate and the steps between them."""

    class_name: str
    initial: StateView
    states: tuple[StateView, ...]
    transitions: tuple[TransitionView, ...]
