"""Puts the view of an aggregate together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names, reads_view, ref_view, sample_view
from ..sql_view import sql_refusals
from ..value_view import value_objects, value_view
from ..view import AggregateView
from .access import access_of
from .changes import Changes
from .constraints import checks_of
from .fields import asked_fields, field_views
from .matrix import hidden_target
from .parts import part_views
from .removal import removable_states, removal_view
from .rules import rules_of
from .samples import example, keeps_rules_by_default, numbered, sampled, samples_of
from .states import States
from .transitions import Steps, lifecycle_view
from .unique import unique_views

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..view import FieldView, RefView
    from .subject import Subject


def aggregate_view(subject: Subject) -> AggregateView:
    """Compute the view of an aggregate: first what else depends on, then what depends on that."""
    spec, here, page = subject.spec, subject.here, subject.page
    samples = samples_of(subject)
    bare = field_views(subject, spec.fields)
    rules = rules_of(subject, bare, samples)
    unique = unique_views(subject, samples)
    access = access_of(subject, rules, unique)
    states = States(subject)
    steps = Steps(subject, states, access)
    parts = part_views(subject, states, steps, access)
    fields = reads_view.sorted_alike(here, sampled(subject, bare, samples, rules))
    making = Changes(subject, fields, parts, samples, rules, unique, states, steps, access)
    changes = making.views()
    asked = asked_fields(subject)
    everything = (*fields, *asked, *(field for part in parts for field in part.fields))
    values = dict.fromkeys(field.class_name for field in everything if field.type == "value")
    pointing = [
        other for other in ref_view.pointing(page, here) if other.qualified != here.qualified
    ]
    return AggregateView(
        name=spec.name,
        snake=subject.snake,
        camel=names.camel(subject.snake),
        label=subject.label,
        labelled=subject.labelled,
        plural=here.plural,
        plural_label=names.spaced(here.plural),
        doc=names.sentence(spec.doc),
        table=here.table,
        url=here.url,
        id_class=f"{spec.name}Id",
        id_parameter=f"{names.camel(subject.snake)}Id",
        has_owner=subject.has_owner,
        fields=fields,
        example=example(subject, fields, 0),
        other_example=example(subject, fields, 1),
        once_fields=tuple(field for field in fields if field.is_once),
        shown_fields=tuple(field for field in (*fields, *asked) if not field.is_sensitive),
        transition_fields=asked,
        rules=rules,
        parts=parts,
        changes=changes,
        lifecycle=lifecycle_view(subject, states, steps),
        can_be_removed=spec.remove is not False,
        removable_states=removable_states(subject),
        listing=reads_view.listing(here, page, fields, samples.sets, is_owned=subject.has_owner),
        indexes=reads_view.indexes(here, has_owner=subject.has_owner),
        checks=checks_of(subject, rules),
        permissions=tuple(access.values()) if subject.has_actors else (),
        access=access,
        samples=sample_view.samples(spec, fields, samples.given),
        removal=removal_view(subject, states, steps),
        early_changes=tuple(making.early(changes)),
        longest_way=steps.longest(),
        keeps_rules_by_default=keeps_rules_by_default(subject, samples),
        sql_refusals=tuple(sql_refusals(here, subject.asked, page, rules)),
        numbered=numbered(subject, fields, samples, rules),
        unique=unique,
        every_ref=tuple(field.ref for field in everything if field.ref),
        checked_refs=checked_refs(fields, steps),
        is_target=bool(pointing),
        is_local_target=any(other.context.name == here.context.name for other in pointing),
        is_pointed_to=subject.is_pointed_to,
        sample_ids=ref_view.sample_ids(page, here),
        stored=ref_view.stored(page, here, is_local=False),
        stored_rows=ref_view.stored(page, here, is_local=True),
        circle=ref_view.circle(page, here),
        hidden_target=hidden_target(subject, "create", spec.fields),
        value_objects=value_objects(everything),
        values=tuple(values),
        shared=tuple(value_view(name, page) for name in values),
        column_types=column_types((*fields, *asked)),
    )


def checked_refs(fields: tuple[FieldView, ...], steps: Steps) -> tuple[RefView, ...]:
    """Return what its fields point to, and what transitions ask for: each field once."""
    asked = (field for step in steps.by_name.values() for field in step.fields)
    found = {field.attribute: field.ref for field in (*fields, *asked) if field.ref}
    return tuple(found.values())


def column_types(fields: Iterable[FieldView]) -> tuple[str, ...]:
    """Return what a table imports from SQLAlchemy for the columns of some fields."""
    return tuple(
        sorted({name for field in fields for column in field.columns for name in column.names})
    )
