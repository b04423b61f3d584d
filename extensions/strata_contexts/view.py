"""The view: all that templates print about a model, computed once and documented here.

A template holds loops, look-ups and conditions on booleans, and nothing that computes. Names that end
in ``_annotation``, ``_call`` or ``_sql`` are code, ready to be printed. ``build.py`` makes the view.

In the calls, ``data`` is the input of a use case, ``row`` a row by its columns, and the entity is named
for its aggregate: ``order``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import names
from .columns import STATE_COLUMN
from .literals import literal
from .table_view import TableView, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .columns import Check, Column
    from .examples import Refused


@dataclass(frozen=True)
class ValueObject:
    """A class of the domain that a field brings with it.

    ``base`` is what it extends: ``Text``, ``WholeNumber``, ``DecimalNumber``, ``StrEnum`` or ``Id``.
    ``constants`` are the class attributes that differ from the base, as name, annotation and value;
    ``members`` are those of an enum, as name and value.
    """

    name: str
    base: str
    doc: str
    constants: tuple[tuple[str, str, str], ...] = ()
    members: tuple[tuple[str, str], ...] = ()

    @property
    def is_choice(self) -> bool:
        return self.base == "StrEnum"

    @property
    def is_plain(self) -> bool:
        """Whether its class has no body."""
        return not (self.doc or self.constants or self.members)

    @property
    def written_members(self) -> tuple[tuple[str, str], ...]:
        return tuple((member, literal(value)) for member, value in self.members)


@dataclass(frozen=True)
class WireType:
    """A type of the schemas that a field brings with it.

    ``format`` is its format in the API document, if it has one, and ``strategy`` makes values of it.
    """

    alias: str
    annotation: str
    format: str = ""
    strategy: str = ""


@dataclass(frozen=True)
class RefView:
    """Where a field points to.

    Within the context it is a foreign key. Across contexts it is an id value object of the context's
    own, and ``port`` names what asks the other context.
    """

    context: str
    aggregate: str
    snake: str
    id_class: str
    table: str
    is_local: bool
    port: str


TOLD_BY_DOMAIN = ("too_short", "wrong_form", "too_small", "invalid_number")
"""Refusals of the domain that no type of a request comes before."""


@dataclass(frozen=True)
class FieldSample:
    """A good value of a field, as code: in the domain, in an input, in JSON."""

    domain: str
    input: str
    json: str


@dataclass(frozen=True)
class WrittenRefusal:
    """A value that is refused, as code, with the code of the refusal and the name of its test."""

    written: str
    code: str
    because: str


@dataclass(frozen=True)
class FieldView:
    """A field in every layer.

    ``name`` is its name on the page, ``attribute`` in Python, ``wire`` in JSON; ``label`` is for people.
    ``type`` is the type of the language, and ``item`` the field of one item of a list.
    """

    name: str
    attribute: str
    wire: str
    label: str
    doc: str
    type: str
    is_optional: bool
    is_unique: bool
    is_once: bool
    is_sensitive: bool
    has_default: bool
    # domain
    value_object: ValueObject | None
    class_name: str
    domain_annotation: str
    # application
    input_name: str
    """What it is called in an input."""
    input_annotation: str
    output_annotation: str
    parse_call: str
    output_call: str
    default: Any
    default_python: str
    # infrastructure
    columns: tuple[Column, ...]
    row_calls: tuple[tuple[str, str], ...]
    """Each column with what is stored there, as an expression over the entity."""
    trusted_call: str
    """Makes the domain's value of a row."""
    # schemas and routes
    payload_call: str
    """Makes what an input has of what a request has."""
    wire_type: WireType | None
    request_annotation: str
    response_annotation: str
    # tests and the API document
    example: Any
    example_python: str
    other_example: Any
    other_example_python: str
    is_varied: bool
    """Whether ``other_example`` differs from ``example``."""
    refused: tuple[Refused, ...]
    min: int | None
    max: int | None
    ref: RefView | None
    item: FieldView | None
    fields: tuple[FieldView, ...]
    """The fields of a value of several fields; of money, none."""
    samples: tuple[FieldSample, ...] = ()
    """Good values, each time others."""

    @property
    def is_parsed(self) -> bool:
        """Whether the domain makes a value of what an input has."""
        return self.parse_call != f"data.{self.input_name}"

    @property
    def parsed(self) -> str:
        """What a use case passes to the domain."""
        return self.attribute if self.is_parsed else self.parse_call

    @property
    def is_shown(self) -> bool:
        return not self.is_sensitive

    @property
    def hidden(self) -> str:
        """What keeps it out of the representation of a dataclass."""
        return " = field(repr=False)" if self.is_sensitive else ""

    @property
    def equals(self) -> str:
        """How a test compares it with a good value."""
        return "is" if self.type == "boolean" else "=="

    @property
    def request_default(self) -> str:
        """What follows its type in the request that creates."""
        return f" = {self.default_python}" if self.has_default else self.request_missing

    @property
    def request_missing(self) -> str:
        return " = None" if self.is_optional else ""

    @property
    def refusals(self) -> tuple[WrittenRefusal, ...]:
        return tuple(
            WrittenRefusal(literal(each.value), each.code, each.because) for each in self.refused
        )

    @property
    def labelled_snake(self) -> str:
        """Its name with an article, for the name of a test."""
        return names.article(self.label).replace(" ", "_")

    @property
    def wrong_input(self) -> str:
        """What an input may not have, or a good value where there is no such thing."""
        if not self.refused:
            return self.samples[0].input
        wrong = self.refused[0].value
        if self.type == "money":
            return f"MoneyInput({literal(wrong['amount'])}, {literal(wrong['currency'])})"
        return literal(wrong)

    @property
    def wrong_code(self) -> str:
        return self.refused[0].code

    @property
    def told(self) -> Refused | None:
        """What the domain refuses, but the type in a request does not."""
        for each in self.refused:
            if each.code in TOLD_BY_DOMAIN and self.type in (
                "string",
                "text",
                "integer",
                "decimal",
            ):
                return each
        return None

    @property
    def told_value(self) -> str:
        if self.told and self.told.code == "too_short":
            return literal(" ")
        return literal(self.told.value) if self.told else ""

    @property
    def told_code(self) -> str:
        return self.told.code if self.told else ""


@dataclass(frozen=True)
class SampleView:
    """Good values for the fields of an aggregate, as code: in the domain, in an input, in JSON."""

    domain: dict[str, str]
    input: dict[str, str]
    json: dict[str, str]


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
    """Values for its fields, by attribute, that break it and nothing else of theirs."""
    demand: str = ""
    """What it asks of the field on its left, for whoever broke it."""
    refusal_class: str = ""
    """The refusal of a change that breaks it because of what the change does not set."""
    parameters: str = ""
    """The parameters of the function that requires it."""
    repairs: tuple[str, ...] = ()
    """Statements that make a body of the fuzz tests keep it."""
    sample: SampleView | None = None
    """Values for all fields, that break it."""

    @property
    def arguments(self) -> str:
        return ", ".join(self.fields)

    @property
    def path(self) -> str:
        """Which part of the input is told to be at fault: the left one, as the rule is read."""
        return f'("{self.fields[0]}",)'


@dataclass(frozen=True)
class IndexView:
    """An index, or a unique constraint, with its name in PostgreSQL."""

    name: str
    columns: tuple[str, ...]
    is_unique: bool

    @property
    def written_columns(self) -> str:
        return ", ".join(map(literal, self.columns))


@dataclass(frozen=True)
class UniqueView:
    """Fields that no two rows have in common, with the refusal of the second one."""

    columns: tuple[str, ...]
    fields: tuple[str, ...]
    refusal_class: str
    refusal_code: str
    detail: str
    path: tuple[str, ...]

    @property
    def written_columns(self) -> str:
        return as_tuple(self.columns)

    @property
    def has_path(self) -> bool:
        return bool(self.path)

    @property
    def written_path(self) -> str:
        return as_tuple(self.path)


@dataclass(frozen=True)
class FilterView:
    """A filter of a list: equality, repeatable, and a range where the type has an order."""

    name: str
    column: str
    parameter: str
    annotation: str
    has_range: bool
    from_parameter: str
    to_parameter: str
    example: Any


@dataclass(frozen=True)
class SortView:
    """An order of a list, with the names that clients give it."""

    name: str
    column: str
    ascending: str
    descending: str


def as_tuple(texts: tuple[str, ...]) -> str:
    """Write some texts as a tuple in Python."""
    return f"({', '.join(map(literal, texts))}{',' if len(texts) == 1 else ''})"


@dataclass(frozen=True)
class PermissionView:
    """Who may do something.

    ``constant`` is the name of the permission object. ``is_open`` is for everybody, signed in or not;
    ``is_member`` for everybody who is signed in; ``is_owner`` adds the owner of the row. Only a
    permission that ``is_checked`` is an object. ``is_hidden`` says that whoever may not do it may not
    read the row either, so for them there is none.
    """

    operation: str
    constant: str
    text: str
    is_open: bool
    is_member: bool
    is_owner: bool
    roles: tuple[str, ...]
    described: str = ""
    """Who may, in a sentence for the API document."""
    is_hidden: bool = False
    cells: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    """The row of the matrix of access: who, with which roles, gets which status."""

    finding: str = ""
    """How a use case finds the row, or refuses to."""
    responses: str = ""
    """What a route declares of its refusals."""

    @property
    def has_actor(self) -> bool:
        return not self.is_open

    @property
    def is_checked(self) -> bool:
        return not self.is_open

    @property
    def is_refusing(self) -> bool:
        return not (self.is_open or self.is_member)

    @property
    def is_forbidding(self) -> bool:
        """Whether some get 403."""
        return self.is_refusing and not self.is_hidden and not self.is_limiting

    @property
    def is_limiting(self) -> bool:
        """Whether it is a list that shows owners their own."""
        return self.operation == "list" and self.is_owner

    @property
    def is_requiring(self) -> bool:
        return self.is_checked and not self.is_limiting

    @property
    def or_hidden(self) -> str:
        return ", or the actor may not know" if self.is_hidden else ""

    @property
    def arguments(self) -> str:
        """The arguments of its object, but for the refusal."""
        found = [literal(self.described)]
        if other := [literal(role) for role in self.roles if role != "admin"]:
            found.append(f"roles=frozenset({{ADMIN, {', '.join(other)}}})")
        if self.is_owner:
            found.append("owner=True")
        if self.is_member:
            found.append("members=True")
        return ", ".join(found)

    @property
    def as_ada(self) -> str:
        return "" if self.is_open else "ADA, "

    @property
    def as_bob(self) -> str:
        return "" if self.is_open else "BOB, "

    @property
    def more_responses(self) -> str:
        return f", responses={self.responses}" if self.responses else ""

    @property
    def list_cells(self) -> tuple[tuple[str, int, int], ...]:
        """The row of the matrix for a list of one: who, how many they see, with which status."""
        return tuple(
            (who, self._seen(who, roles, status), status) for who, roles, status in self.cells
        )

    def _seen(self, who: str, roles: tuple[str, ...], status: int) -> int:
        if status != 200:
            return 0
        sees_all = not self.is_limiting or set(roles) & set(self.roles)
        return 1 if sees_all or who == "owner" else 0


@dataclass(frozen=True)
class PartView:
    """A kind of part. ``key`` is what several are called on the page: ``lines``."""

    key: str
    attribute: str
    wire: str
    url: str
    name: str
    snake: str
    camel: str
    label: str
    plural_label: str
    doc: str
    min: int
    max: int
    table: str
    parent_column: str
    fields: tuple[FieldView, ...]
    unique: tuple[str, ...]
    id_class: str
    permission: PermissionView | None
    states: tuple[str, ...]
    """The states in which parts change; empty where there is no lifecycle."""


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


def hidden_names(fields: Iterable[FieldView]) -> str:
    """Write the names in JSON of sensitive fields as a set; empty if there are none."""
    hidden = [literal(field.wire) for field in fields if field.is_sensitive]
    return f"{{{', '.join(hidden)}}}" if hidden else ""


@dataclass(frozen=True)
class ChangeView:
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
    way: tuple[str, ...]
    """The transitions that lead from a new aggregate to one that can be changed so."""
    sentence: str
    is_refused_when: str
    refused_because: str
    refused_states: str
    """The states in which it is refused, as a list of the enum's members."""
    unique: tuple[UniqueView, ...]
    taken_input: str
    """An input for another aggregate, which has what the change would set."""
    missing: tuple[FieldView, ...]
    """The fields that it may leave empty, whatever the others are."""
    steps_before: tuple[TransitionView, ...]
    rule_tests: tuple[RuleTest, ...]

    @property
    def hidden_names(self) -> str:
        """The names in JSON of what answers do not have, as a set; empty if they have all."""
        return hidden_names(self.fields)

    @property
    def without(self) -> str:
        """The arguments that leave them empty."""
        return ", ".join(f"{field.input_name}=None" for field in self.missing)

    @property
    def is_guarded(self) -> bool:
        return bool(self.other_states)

    @property
    def can_fail(self) -> bool:
        return bool(self.is_guarded or self.rules)

    @property
    def is_parsed(self) -> bool:
        return any(field.is_parsed for field in self.fields)

    @property
    def constant(self) -> str:
        return self.name.upper()

    @property
    def steps_and_itself(self) -> int:
        return len(self.steps_before) + 1

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
class TransitionView:
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
    steps_before: tuple[TransitionView, ...] = ()
    steps_to_refusal: tuple[TransitionView, ...] = ()
    """The transitions that lead to a state in which it is refused."""

    @property
    def missing(self) -> tuple[FieldView, ...]:
        """What it asks for and need not be said."""
        return tuple(field for field in self.fields if field.is_optional)

    @property
    def without(self) -> str:
        """The arguments that do not say it."""
        return ", ".join(f"{field.input_name}=None" for field in self.missing)

    @property
    def to_state_snake(self) -> str:
        return self.to_state.replace("-", "_")

    @property
    def is_parsed(self) -> bool:
        return any(field.is_parsed for field in self.fields)

    @property
    def constant(self) -> str:
        return self.name.upper()

    @property
    def call(self) -> str:
        """Its arguments in a test of the domain, up to the time."""
        given = "".join(f"{name}={value}, " for name, value in self.sample.domain.items())
        return f"{given}now=" if given else ""

    @property
    def more_input(self) -> str:
        return f", {self.constant}" if self.fields else ""

    @property
    def more_json(self) -> str:
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


def refusal_of(operation: str, name: str, code: str) -> Refusal:
    return Refusal(name, code, f"its state does not allow to {names.spaced(operation)} it")


@dataclass(frozen=True)
class UseCase:
    """A use case, as the composition root binds it."""

    name: str
    callable: str
    sessions: str
    clock: str


@dataclass(frozen=True)
class SqlRefusal:
    """A statement that a constraint refuses, as code."""

    statement: str
    constraint: str


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


@dataclass(frozen=True)
class AggregateView:
    """An aggregate in every layer.

    For ``OrderItem``: ``snake`` is ``order_item``, ``camel`` ``orderItem``, ``label`` ``order item``,
    ``plural`` ``order_items``, ``url`` ``order-items``, ``id_parameter`` ``orderItemId``.
    """

    name: str
    snake: str
    camel: str
    label: str
    labelled: str
    """With its article: ``an order item``."""
    plural: str
    plural_label: str
    doc: str
    table: str
    url: str
    id_class: str
    id_parameter: str
    has_owner: bool
    fields: tuple[FieldView, ...]
    example: dict[str, Any]
    """What JSON has for a good one, by the names there; parts are not in it."""
    other_example: dict[str, Any]
    """Another good one, as different as the types allow."""
    once_fields: tuple[FieldView, ...]
    shown_fields: tuple[FieldView, ...]
    """Fields that answers have: all but the sensitive ones."""
    transition_fields: tuple[FieldView, ...]
    """What transitions ask for: columns that are null until then."""
    rules: tuple[RuleView, ...]
    parts: tuple[PartView, ...]
    changes: tuple[ChangeView, ...]
    lifecycle: LifecycleView | None
    can_be_removed: bool
    removable_states: tuple[str, ...]
    filters: tuple[FilterView, ...]
    sorts: tuple[SortView, ...]
    is_paged: bool
    """Whether lists are pages with a total, or slices."""
    indexes: tuple[IndexView, ...]
    checks: tuple[Check, ...]
    """The constraints of columns, and of rules, with their full names."""
    permissions: tuple[PermissionView, ...]
    access: dict[str, PermissionView]
    """Who may do what, by operation: open where nobody is known."""
    samples: tuple[SampleView, ...]
    numbered: dict[str, str]
    """The value of each field for a ``number``, by attribute."""
    unique: tuple[UniqueView, ...]
    refs: tuple[FieldView, ...]
    value_objects: tuple[ValueObject, ...]
    """The classes that its fields and those of its parts bring, without ids and shared values."""
    values: tuple[str, ...]
    """The shared values that it uses."""
    column_types: tuple[str, ...]
    """What its table imports from SQLAlchemy for the columns of fields."""
    removal: RemovalView
    early_changes: tuple[ChangeView, ...]
    """The changes that a new one allows."""
    longest_way: tuple[TransitionView, ...]
    """The most transitions that lead from a new one to any state."""
    sql_refusals: tuple[SqlRefusal, ...]

    # Words

    @property
    def about(self) -> str:
        return self.doc or f"The {self.label}."

    @property
    def of_one(self) -> str:
        return f"that {self.labelled}"

    @property
    def labelled_new(self) -> str:
        return names.article(f"new {self.label}")

    @property
    def labelled_snake(self) -> str:
        return self.labelled.replace(" ", "_")

    @property
    def plural_title(self) -> str:
        return self.plural_label.capitalize()

    @property
    def plural_class(self) -> str:
        return names.pascal(self.plural)

    @property
    def initially(self) -> str:
        return f" in the state {self.lifecycle.initial.name}" if self.lifecycle else ""

    @property
    def of_the_actor(self) -> str:
        return ", which belongs to the actor" if self.has_owner else ""

    @property
    def of_the_caller(self) -> str:
        return " of the caller's" if self.has_owner else ""

    @property
    def listed(self) -> str:
        if self.access["list"].is_limiting:
            return f"the owner's {self.plural_label}, or of all"
        return f"all {self.plural_label}"

    @property
    def listed_by_actor(self) -> str:
        if self.access["list"].is_limiting:
            return f"the actor's {self.plural_label}, or of all for those who may see all"
        return f"all {self.plural_label}"

    @property
    def listed_to_caller(self) -> str:
        if self.access["list"].is_limiting:
            return f"the caller's own {self.plural_label}"
        return f"all {self.plural_label}"

    # Domain

    @property
    def classes(self) -> tuple[ValueObject, ...]:
        """The classes of its values, with that of its state."""
        if self.lifecycle is None:
            return self.value_objects
        members = tuple((state.member, state.name) for state in self.lifecycle.states)
        state = ValueObject(self.lifecycle.class_name, "StrEnum", "", members=members)
        return (*self.value_objects, state)

    @property
    def imported_values(self) -> str:
        return ", ".join([self.id_class, *(each.name for each in self.classes)])

    @property
    def steps(self) -> tuple[TransitionView, ...]:
        return self.lifecycle.transitions if self.lifecycle else ()

    @property
    def asking_steps(self) -> tuple[TransitionView, ...]:
        return tuple(step for step in self.steps if step.fields)

    @property
    def state_refusals(self) -> tuple[Refusal, ...]:
        """What the entity refuses because of its state."""
        found = [
            refusal_of(each.name, each.refusal_class, each.refusal_code)
            for each in self.changes
            if each.is_guarded
        ]
        found += [
            refusal_of(each.name, each.refusal_class, each.refusal_code) for each in self.steps
        ]
        broken = {rule.refusal_class for each in self.changes for rule in each.state_rules}
        found += [
            Refusal(rule.refusal_class, rule.code, rule.demand, rule.path)
            for rule in self.rules
            if rule.refusal_class in broken
        ]
        if self.removal.is_guarded:
            removal = self.removal
            found.append(refusal_of("remove", removal.refusal_class, removal.refusal_code))
        return tuple(found)

    @property
    def state_refusal_names(self) -> str:
        return ", ".join(each.name for each in self.state_refusals)

    @property
    def imported_domain(self) -> str:
        return ", ".join([self.name, *(each.name for each in self.state_refusals)])

    @property
    def shown(self) -> tuple[FieldView, ...]:
        """Its own fields that answers have."""
        return tuple(field for field in self.fields if not field.is_sensitive)

    @property
    def shown_later(self) -> tuple[FieldView, ...]:
        """What transitions ask for and answers have."""
        return tuple(field for field in self.transition_fields if not field.is_sensitive)

    @property
    def hidden(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.is_sensitive)

    @property
    def hidden_names(self) -> str:
        """The names in JSON of what answers do not have, as a set; empty if they have all."""
        return hidden_names(self.fields)

    # Application

    @property
    def is_parsed(self) -> bool:
        return any(field.is_parsed for field in self.fields)

    @property
    def is_sliced(self) -> bool:
        return not self.is_paged

    @property
    def owner_parameter(self) -> str:
        return ", owner: ActorId | None" if self.access["list"].is_limiting else ""

    @property
    def owner_argument(self) -> str:
        listing = self.access["list"]
        return f", {listing.constant}.limit_to(actor)" if listing.is_limiting else ""

    @property
    def row_owner(self) -> str:
        return f", owner={self.snake}.owner_id" if self.has_owner else ""

    @property
    def checked(self) -> tuple[PermissionView, ...]:
        """The permissions that are objects."""
        return tuple(each for each in self.access.values() if each.is_checked)

    @property
    def row_access(self) -> tuple[PermissionView, ...]:
        """Who may what with a row that is there."""
        return tuple(
            each for each in self.access.values() if each.operation not in ("create", "list")
        )

    @property
    def has_checked_rows(self) -> bool:
        return any(each.is_checked for each in self.row_access)

    @property
    def has_partial_access(self) -> bool:
        """Whether some may do something with a row that they may read, and others may not read it."""
        return self.access["read"].is_refusing and any(
            each.is_checked and not each.is_hidden for each in self.row_access
        )

    @property
    def imported_permissions(self) -> str:
        return ", ".join(each.constant for each in self.checked)

    @property
    def asking(self) -> tuple[str, ...]:
        """The operations that have an input, as the names of classes begin."""
        changes = (each.pascal for each in self.changes)
        return ("Create", *changes, *(each.pascal for each in self.asking_steps))

    @property
    def imported_dto(self) -> str:
        inputs = [f"{pascal}{self.name}Input" for pascal in self.asking]
        return ", ".join([*inputs, f"{self.name}Output"])

    @property
    def refusals(self) -> tuple[str, ...]:
        own = [f"{self.name}NotFoundError", *(each.refusal_class for each in self.unique)]
        return (*own, *(each.name for each in self.state_refusals))

    @property
    def refusal_names(self) -> str:
        ordered = sorted(self.refusals, key=lambda name: (name.lower(), name))
        own = [*ordered, "taken"] if self.unique else ordered
        return f"[{', '.join(map(literal, own))}]"

    @property
    def imported_refusals(self) -> str:
        return ", ".join(self.refusals)

    @property
    def imported_refusals_with_taken(self) -> str:
        return f"{self.imported_refusals}, taken" if self.unique else self.imported_refusals

    @property
    def use_cases(self) -> tuple[UseCase, ...]:
        """The use cases with their types and what they are bound to."""
        row = [self.id_class]
        output = f"{self.name}Output"
        listed = (
            ("PageParams", f"Page[{output}]")
            if self.is_paged
            else (f"SliceParams[{self.id_class}]", f"Slice[{output}, {self.id_class}]")
        )
        found = [
            self._use_case("create", f"create_{self.snake}", [f"Create{self.name}Input"], output),
            self._use_case("read", f"get_{self.snake}", row, output),
            self._use_case("list", f"list_{self.plural}", [listed[0]], listed[1]),
        ]
        for change in self.changes:
            asked = [*row, f"{change.pascal}{self.name}Input", "ExpectedVersions"]
            found.append(self._use_case(change.name, f"{change.name}_{self.snake}", asked, output))
        for step in self.steps:
            data = [f"{step.pascal}{self.name}Input"] if step.fields else []
            asked = [*row, *data, "ExpectedVersions"]
            found.append(self._use_case(step.name, f"{step.name}_{self.snake}", asked, output))
        if self.can_be_removed:
            asked = [*row, "ExpectedVersions"]
            found.append(self._use_case("remove", f"remove_{self.snake}", asked, "None"))
        return tuple(found)

    def _use_case(self, operation: str, name: str, asked: list[str], answer: str) -> UseCase:
        actor = ["Actor"] if self.access[operation].has_actor else []
        reads = operation in ("read", "list")
        return UseCase(
            name=name,
            callable=f"Callable[[{', '.join([*actor, *asked])}], Awaitable[{answer}]]",
            sessions="read_sessions=sessions.read" if reads else "session_factory=sessions.write",
            clock="" if reads or operation == "remove" else ", clock=clock",
        )

    @property
    def imported_use_cases(self) -> str:
        return ", ".join(each.name for each in self.use_cases)

    # Infrastructure

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of what is declared on the page, in the order of the table."""
        own = [column for field in self.fields for column in field.columns]
        asked = [column for field in self.transition_fields for column in field.columns]
        return (*own, *self.state_columns, *asked)

    @property
    def state_columns(self) -> tuple[Column, ...]:
        return (STATE_COLUMN,) if self.lifecycle else ()

    @property
    def declared_checks(self) -> tuple[tuple[str, str], ...]:
        """The names of its constraints, as a class of rows has them, and their conditions."""
        start = len(f"ck_{self.table}_")
        return tuple((check.name[start:], check.sql_python) for check in self.checks)

    @property
    def has_hooks(self) -> bool:
        """Whether the fuzz tests have to know more than the API document says."""
        return bool(self.formats or self.rules)

    # Schemas and routes

    @property
    def wire_types(self) -> tuple[WireType, ...]:
        """The types that its fields bring, each once."""
        asked = [field for step in self.steps for field in step.fields]
        each = [one for field in (*self.fields, *asked) for one in (field, field.item) if one]
        found = {one.wire_type.alias: one.wire_type for one in each if one.wire_type}
        return tuple(found.values())

    @property
    def formats(self) -> tuple[WireType, ...]:
        return tuple(each for each in self.wire_types if each.format)

    @property
    def state_annotation(self) -> str:
        states = self.lifecycle.states if self.lifecycle else ()
        return f"Literal[{', '.join(literal(state.name) for state in states)}]"

    @property
    def imported_schemas(self) -> str:
        requests = [f"{pascal}{self.name}Request" for pascal in self.asking]
        return ", ".join([*requests, f"{self.name}Response"])

    @property
    def url_id(self) -> str:
        return f"{{{self.id_parameter}}}"

    # Tests

    @property
    def written_unique(self) -> str:
        groups = [each.written_columns for each in self.unique]
        return f"({', '.join(groups)}{',' if len(groups) == 1 else ''})"

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
    def told_fields(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.told)

    @property
    def is_refused_by_domain(self) -> bool:
        return bool(self.told_fields)

    @property
    def refusable_steps(self) -> tuple[TransitionView, ...]:
        return tuple(step for step in self.steps if step.refused_from)

    @property
    def list_params(self) -> str:
        return (
            "PageParams(limit=9, offset=0)" if self.is_paged else "SliceParams(limit=9, after=None)"
        )

    @property
    def contracts(self) -> str:
        kind = "Page" if self.is_paged else "Slice"
        owned = "Owned" if self.access["list"].is_limiting else ""
        return f"{owned}{kind}Contract{', RemoveContract' if self.can_be_removed else ''}"

    @property
    def contract_bases(self) -> str:
        return ", ".join(f"{each}[{self.name}]" for each in self.contracts.split(", "))


@dataclass(frozen=True)
class ValueView:
    """A value of several fields that contexts share."""

    name: str
    snake: str
    label: str
    doc: str
    fields: tuple[FieldView, ...]
    rules: tuple[RuleView, ...]
    value_objects: tuple[ValueObject, ...]


@dataclass(frozen=True)
class ContextView:
    """A bounded context."""

    name: str
    label: str
    doc: str
    aggregates: tuple[AggregateView, ...]
    needs: tuple[str, ...]
    """The other contexts that its aggregates point to."""

    @property
    def modules(self) -> str:
        """The modules of its routes."""
        return ", ".join(each.plural for each in self.aggregates)

    @property
    def title(self) -> str:
        return self.label.capitalize()

    @property
    def about(self) -> str:
        return self.doc or f"The domain of {self.label}."


@dataclass(frozen=True)
class ModelView:
    """The whole model."""

    has_actors: bool
    roles: tuple[str, ...]
    values: tuple[ValueView, ...]
    contexts: tuple[ContextView, ...]

    @cached_property
    def tables(self) -> tuple[TableView, ...]:
        """The tables of the first migration, those first that others point to."""
        return tuple(table_of(each) for context in self.contexts for each in context.aggregates)

    @property
    def dropped(self) -> tuple[TableView, ...]:
        return self.tables[::-1]
