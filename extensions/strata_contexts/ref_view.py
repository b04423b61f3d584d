"""Computes what an aggregate points to, and what points to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import circles, names, words
from .checks import access
from .checks.refs import target
from .examples import ref_ids
from .field_types import RefField
from .operations import Remove
from .satisfying import compared
from .view import RefView, TargetView
from .walk import aggregates, as_list, attribute, own_fields, part_fields, with_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .field_types import FieldSpec
    from .models import Page
    from .walk import AggregateHere, FieldHere


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
        may_be_nobody=any(
            asks_who(page, here, operation, authentication)
            and (operation in ("create", parts) if parts else name in set_by(here, operation))
            for operation in access.operations(here)
        ),
        has_owner=other.has_owner(authentication),
        is_owned="owner" in allowed(other, "read", authentication),
        is_sensitive=spec.sensitive,
        port=names.pascal(other.plural),
        target=target_view(other),
        attribute=own,
        is_optional=spec.optional,
        is_unique=spec.unique,
        is_left_out=not parts and is_left_out(page, here, name, spec),
        refusal_class=unknown_class(entity, own),
        refusal_code=f"{names.snake(entity)}_{own.removesuffix('_id')}_unknown",
        part=names.singular(parts) if parts else "",
        parts=parts,
        variable=variable_of(here, parts) if parts else "",
        index=index_of_parts(here, page),
        whose=names.snake(entity),
        same=same_by_rule(name, here) if here.aggregate.fields.get(name) is spec else (),
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


def same_by_rule(name: str, here: AggregateHere) -> tuple[str, ...]:
    """Return the fields that rules let point to the same as a field, if there are any."""
    fields = here.aggregate.fields
    equal = [each for each in compared(here.aggregate.rules, fields) if each.rule.operator == "=="]
    found = {name}
    for _ in equal:
        for each in equal:
            pair = {each.rule.left, each.rule.right}
            found |= pair if pair & found else set()
    ordered = (attribute(each, spec) for each, spec in fields.items() if each in found)
    return tuple(ordered) if len(found) > 1 else ()


def is_left_out(page: Page, here: AggregateHere, name: str, spec: FieldSpec) -> bool:
    """Tell whether the aggregates of tests point to nothing by a field: the first one could not."""
    if not isinstance(spec, RefField) or not spec.optional:
        return False
    other = found(page, here, spec.to)
    if other.context is not here.context or other.qualified == here.qualified:
        return other.qualified == here.qualified
    broken = circles.breaking(page, here.context)
    return (here.qualified, name) in {(step.tail, step.name) for step in broken}


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


def asks_who(page: Page, here: AggregateHere, operation: str, authentication: str) -> bool:
    """Tell whether anyone may do something, and by it point to what not anyone may read."""
    others = [
        found(page, here, spec.to)
        for fields in every_set_by(here, operation)
        for spec in fields.values()
        if isinstance(spec, RefField)
    ]
    return "anyone" in allowed(here, operation, authentication) and any(
        "anyone" not in allowed(other, "read", authentication) for other in others
    )


def sample_ids(page: Page, here: AggregateHere) -> tuple[str, ...]:
    """Return the ids of those that tests of other aggregates point to."""
    return ref_ids(here.aggregate.name, page)


def asked(page: Page, here: AggregateHere) -> Iterator[AggregateHere]:
    """Yield what the use cases of an aggregate are given, to ask it for targets."""
    for field in every_field_of(here):
        if isinstance(field.spec, RefField):
            yield found(page, here, field.spec.to)


def every_field_of(here: AggregateHere) -> Iterator[FieldHere]:
    """Yield the fields of an aggregate, of its transitions and of its parts."""
    yield from (*own_fields(here), *with_fields(here))
    for part, _, path in here.parts:
        yield from part_fields(part, path)


def pointed_to(
    page: Page, here: AggregateHere, *fields: dict[str, FieldSpec]
) -> list[AggregateHere]:
    """Return what some fields of an aggregate of the tests point to, its own kind left out."""
    own = [field.spec for field in (*own_fields(here), *with_fields(here))]
    others = [
        found(page, here, spec.to)
        for each in fields
        for name, spec in each.items()
        if isinstance(spec, RefField)
        and not (any(spec is one for one in own) and is_left_out(page, here, name, spec))
    ]
    return [other for other in others if other.qualified != here.qualified]


def pointing(page: Page, here: AggregateHere) -> Iterator[AggregateHere]:
    """Yield the aggregates with a field that points to one, that itself included."""
    for other in aggregates(page):
        if any(
            isinstance(field.spec, RefField)
            and found(page, other, field.spec.to).qualified == here.qualified
            for field in every_field_of(other)
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


def circle(page: Page, here: AggregateHere) -> tuple[TargetView, ...]:
    """Return what has to be in the database, itself included, before one can point to what points back."""
    known = {each.plural for each in stored(page, here, is_local=True)}
    broken = {
        step.head for step in circles.breaking(page, here.context) if step.tail == here.qualified
    }
    found: dict[str, TargetView] = {}
    for other in aggregates(page):
        if other.qualified in broken:
            needed = (*stored(page, other, is_local=True), target_view(other))
            found |= {each.plural: each for each in needed if each.plural not in known}
    return tuple(found.values())


def every_target(page: Page, here: AggregateHere) -> list[AggregateHere]:
    steps = here.lifecycle.transitions.values() if here.lifecycle else ()
    parts = (part.fields for part in here.aggregate.parts.values())
    return pointed_to(page, here, here.aggregate.fields, *(step.with_ for step in steps), *parts)


def may_read(other: AggregateHere, who: str, roles: tuple[str, ...], authentication: str) -> bool:
    """Tell whether somebody in the tests may read a target, which belongs to the owner there."""
    known = {"anyone", *roles, *(["owner"] if who == "owner" else [])}
    known |= {"member"} if who != "nobody" else set()
    return words.ADMIN in roles or bool(known & set(allowed(other, "read", authentication)))
