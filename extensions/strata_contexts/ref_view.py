"""Computes what an aggregate points to, and what points to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import names, words
from .checks.refs import target
from .examples import REFERRED, ref_id
from .models import RefField, Remove
from .view import RefView, TargetView
from .walk import aggregates, as_list, attribute, own_fields, part_fields, with_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .models import FieldSpec, Page
    from .walk import AggregateHere


VARIABLES: Final = words.known_as(
    """
    actor ada all any before changed clock conflict context cls data each exc expected faults first
    now nowhere other others refusal same self session session_factory state taken who
    """,
    "what the code of parts, or that of their tests, calls something else",
)
INDEXES: Final = ("place", "position", "index", "place_of_it")


def allowed(here: AggregateHere, operation: str, authentication: str) -> list[str]:
    """Return who may do something with an aggregate, beside admins."""
    if authentication == "none":
        return ["anyone"]
    given = here.aggregate.may.get(operation)
    if given is not None:
        return as_list(given)
    # Closed: owners do what they like with their own, and without one only admins write.
    if here.has_owner(authentication):
        return ["member"] if operation == "create" else ["owner"]
    return ["member"] if operation in ("read", "list") else []


def ref_view(
    name: str,
    spec: RefField,
    here: AggregateHere,
    page: Page,
    authentication: str,
    parts: str = "",
) -> RefView:
    """Return where a field of an aggregate points to, or a field of its ``parts``."""
    other = found(page, here, spec.to)
    own = attribute(name, spec)
    entity = here.aggregate.parts[parts].name if parts else here.aggregate.name
    snake = names.snake(other.aggregate.name)
    return RefView(
        context=other.context.name,
        aggregate=other.aggregate.name,
        snake=snake,
        label=names.spaced(other.aggregate.name),
        plural=other.plural,
        id_class=f"{other.aggregate.name}Id",
        table=other.table,
        url=other.url,
        is_local=other.context.name == here.context.name,
        is_self=other.qualified == here.qualified,
        is_open="anyone" in allowed(other, "read", authentication),
        is_owned="owner" in allowed(other, "read", authentication),
        is_sensitive=spec.sensitive,
        port=names.pascal(other.plural),
        target=target_view(other),
        attribute=own,
        is_optional=spec.optional,
        refusal_class=unknown_class(entity, own),
        refusal_code=f"{names.snake(entity)}_{own.removesuffix('_id')}_unknown",
        part=names.singular(parts) if parts else "",
        parts=parts,
        variable=variable_of(here, parts) if parts else "",
        index=index_of_parts(here, page),
    )


def index_of_parts(here: AggregateHere, page: Page) -> str:
    """Return what the code that creates an aggregate may call the place of a part."""
    every = every_set_by(here, "create")
    used = {attribute(name, spec) for fields in every for name, spec in fields.items()}
    for other in (here, *pointed_to(page, here, *every)):
        used |= {other.plural, names.snake(other.aggregate.name)}
    used |= {each for key in here.aggregate.parts for each in (key, variable_of(here, key))}
    return next(each for each in INDEXES if each not in used)


def variable_of(here: AggregateHere, key: str) -> str:
    """Return what the code calls one of some parts."""
    one, spec = names.singular(key), here.aggregate
    used = {*VARIABLES, *here.changes, *here.transitions, *spec.parts}
    used |= {attribute(name, each) for name, each in spec.fields.items()}
    own = names.snake(spec.parts[key].name)
    return next(each for each in (one, own, f"one_{one}") if each not in used)


def found(page: Page, here: AggregateHere, to: str) -> AggregateHere:
    other = target(page, here, to)
    if other is None:
        raise LookupError(f"nothing is called {to}")
    return other


def unknown_class(entity: str, own: str) -> str:
    """Name the refusal of a field that points to nothing."""
    return f"{entity}{names.pascal(own.removesuffix('_id'))}UnknownError"


def unknown_classes(entity: str, fields: dict[str, FieldSpec]) -> list[str]:
    return [
        unknown_class(entity, attribute(name, spec))
        for name, spec in fields.items()
        if isinstance(spec, RefField)
    ]


def target_view(here: AggregateHere) -> TargetView:
    remove, lifecycle = here.aggregate.remove, here.lifecycle
    limits = as_list(remove.in_) if isinstance(remove, Remove) else []
    return TargetView(
        context=here.context.name,
        name=here.aggregate.name,
        snake=names.snake(here.aggregate.name),
        plural=here.plural,
        id_class=f"{here.aggregate.name}Id",
        can_be_removed_at_once=remove is not False
        and (not limits or lifecycle is None or lifecycle.initial in limits),
    )


def set_by(here: AggregateHere, operation: str) -> dict[str, FieldSpec]:
    """Return the fields that an operation sets."""
    spec, lifecycle = here.aggregate, here.lifecycle
    if operation == "create":
        return spec.fields
    if lifecycle and operation in lifecycle.transitions:
        return lifecycle.transitions[operation].with_
    if operation not in here.changes:
        return {}
    change = (spec.changes or {}).get(operation)
    free = [name for name, each in spec.fields.items() if each.set is None]
    return {name: spec.fields[name] for name in (change.fields if change else free)}


def every_set_by(here: AggregateHere, operation: str) -> list[dict[str, FieldSpec]]:
    """Return the fields that an operation sets, and those of the parts that it makes or changes."""
    parts = here.aggregate.parts
    made = [part.fields for key, part in parts.items() if operation in ("create", key)]
    return [set_by(here, operation), *made]


def sample_ids(here: AggregateHere) -> tuple[str, ...]:
    """Return the ids of those that tests of other aggregates point to."""
    return tuple(ref_id(here.aggregate.name, number) for number in range(REFERRED))


def pointed_to(
    page: Page, here: AggregateHere, *fields: dict[str, FieldSpec]
) -> list[AggregateHere]:
    """Return what some fields of an aggregate point to, its own kind left out."""
    every = [spec for each in fields for spec in each.values() if isinstance(spec, RefField)]
    others = [found(page, here, spec.to) for spec in every]
    return [other for other in others if other.qualified != here.qualified]


def pointing(page: Page, here: AggregateHere) -> Iterator[AggregateHere]:
    """Yield the aggregates with a field that points to one, that itself included."""
    for other in aggregates(page):
        fields = [*own_fields(other), *with_fields(other)]
        for part, _, path in other.parts:
            fields += part_fields(part, path)
        if any(
            isinstance(field.spec, RefField)
            and found(page, other, field.spec.to).qualified == here.qualified
            for field in fields
        ):
            yield other


def stored(page: Page, here: AggregateHere, *, is_local: bool) -> tuple[TargetView, ...]:
    """Return what has to be there before an aggregate can be, those first that others point to.

    What stands in another context has no foreign key; ``is_local`` leaves it out.
    """
    ordered: dict[str, TargetView] = {}
    seen = {here.qualified}

    def add(other: AggregateHere) -> None:
        if other.qualified not in seen:
            seen.add(other.qualified)
            for each in every_target(page, other):
                if each.context.name == other.context.name:
                    add(each)
            ordered[other.qualified] = target_view(other)

    for other in every_target(page, here):
        if not is_local or other.context.name == here.context.name:
            add(other)
    return tuple(ordered.values())


def every_target(page: Page, here: AggregateHere) -> list[AggregateHere]:
    steps = here.lifecycle.transitions.values() if here.lifecycle else ()
    parts = (part.fields for part in here.aggregate.parts.values())
    return pointed_to(page, here, here.aggregate.fields, *(step.with_ for step in steps), *parts)


def may_read(other: AggregateHere, who: str, roles: tuple[str, ...], authentication: str) -> bool:
    """Tell whether somebody in the tests may read a target, which belongs to the owner there."""
    known = {"anyone", "member", *roles, *(["owner"] if who == "owner" else [])}
    return words.ADMIN in roles or bool(known & set(allowed(other, "read", authentication)))
