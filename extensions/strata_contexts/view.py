"""The view: all that templates print about a model, computed once and documented here.

A template holds loops, look-ups and conditions on booleans, and nothing that computes. Names that end
in ``_annotation``, ``_call`` or ``_sql`` are code, ready to be printed. ``build.py`` makes the view.

In the calls, ``data`` is the input of a use case, ``row`` a row by its columns, and the entity is named
for its aggregate: ``order``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    # schemas
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
    constraint: str
    sql: str
    broken: tuple[tuple[str, Any], ...]
    """Values for its fields, by attribute, that break it and nothing else of theirs."""


@dataclass(frozen=True)
class IndexView:
    """An index, or a unique constraint, with its name in PostgreSQL."""

    name: str
    columns: tuple[str, ...]
    is_unique: bool


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


@dataclass(frozen=True)
class PermissionView:
    """Who may do something.

    ``constant`` is the name of the permission object. ``is_open`` is for everybody, signed in or not;
    ``is_member`` for everybody who is signed in; ``is_owner`` adds the owner of the row.
    """

    operation: str
    constant: str
    text: str
    is_open: bool
    is_member: bool
    is_owner: bool
    roles: tuple[str, ...]


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
    refusal_class: str
    refusal_code: str
    way: tuple[str, ...]
    """The transitions that lead from a new aggregate to one that can make this step."""


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
    refs: tuple[FieldView, ...]
    value_objects: tuple[ValueObject, ...]
    """The classes that its fields and those of its parts bring, without ids and shared values."""
    values: tuple[str, ...]
    """The shared values that it uses."""
    column_types: tuple[str, ...]
    """What its table imports from SQLAlchemy for the columns of fields."""


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


@dataclass(frozen=True)
class ModelView:
    """The whole model."""

    has_actors: bool
    roles: tuple[str, ...]
    values: tuple[ValueView, ...]
    contexts: tuple[ContextView, ...]
