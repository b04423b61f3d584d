"""What is known of an aggregate before anything is written about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..fields import Answered
from ..given import Given
from ..owned import OwnedAggregate
from ..refs import PointingAggregate

if TYPE_CHECKING:
    from ...columns import Check
    from ..access import PermissionView
    from ..fields import FieldView, SampleView, ValueObject
    from ..listing import ListingView
    from ..operations import ChangeView, LifecycleView, RemovalView, TransitionView
    from ..parts import PartView
    from ..reads import IndexView, UniqueView
    from ..refs import HiddenTarget, RefView, TargetView
    from ..rules import RuleView, SqlRefusal
    from ..values import ValueView


@dataclass(frozen=True)
class AggregateFacts(Answered, Given, OwnedAggregate, PointingAggregate):
    """An aggregate, as ``build`` has computed it.

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
    listing: ListingView
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
    every_ref: tuple[RefView, ...]
    """What its fields and those of its parts point to."""
    checked_refs: tuple[RefView, ...]
    """What its fields point to, and what transitions ask for: each field once."""
    is_target: bool
    """Whether another one points to it, in its context or in another."""
    is_local_target: bool
    is_pointed_to: bool
    """Whether rows of its context point to its rows, its own included."""
    sample_ids: tuple[str, ...]
    """The ids of those that tests of others point to."""
    stored: tuple[TargetView, ...]
    """What has to be there before one can be created, those first that others point to."""
    stored_rows: tuple[TargetView, ...]
    """What has to be in the database before its row can be."""
    circle: tuple[TargetView, ...]
    """What has to be in the database, too, before one can point to what points back to it."""
    hidden_target: HiddenTarget | None
    value_objects: tuple[ValueObject, ...]
    """The classes that its fields and those of its parts bring, without ids and shared values."""
    values: tuple[str, ...]
    """The shared values that it uses."""
    shared: tuple[ValueView, ...]
    """The same, in every layer."""
    column_types: tuple[str, ...]
    """What its table imports from SQLAlchemy for the columns of fields."""
    removal: RemovalView
    early_changes: tuple[ChangeView, ...]
    """The changes that a new one allows."""
    keeps_rules_by_default: bool
    """Whether the first one keeps the rules with the defaults of its fields, too."""
    longest_way: tuple[TransitionView, ...]
    """The most transitions that lead from a new one to any state."""
    sql_refusals: tuple[SqlRefusal, ...]
