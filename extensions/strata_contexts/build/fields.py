"""The fields of an aggregate, of its transitions and of its parts, with the names that they must not take."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from .. import names, ref_view
from ..field_view import Surroundings, field_view
from ..part_view import part_fields
from ..walk import attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..field_types import FieldSpec, RefField
    from ..view import FieldView, RefView
    from .subject import Subject

LOCAL: Final = frozenset(("session_factory", "parse_each", "counted", "taken", "conflict"))
"""What the code of a use case calls something else."""


def field_views(subject: Subject, specs: dict[str, FieldSpec]) -> tuple[FieldView, ...]:
    """Return the views of some fields of the aggregate itself, or of a transition."""
    around = surroundings(subject)
    return tuple(field_view(name, spec, around) for name, spec in specs.items())


def asked_fields(subject: Subject) -> tuple[FieldView, ...]:
    """Return what transitions ask for, as columns of the aggregate."""
    around = surroundings(subject, is_asked=True)
    return tuple(field_view(name, spec, around) for name, spec in subject.asked.items())


def fields_of_parts(subject: Subject, key: str, variable: str) -> tuple[FieldView, ...]:
    """Return the fields of the parts under a key, of which the code calls one a ``variable``."""
    part = subject.spec.parts[key]
    around = surroundings(
        subject,
        entity=names.snake(part.name),
        prefix=part.name,
        resolve=partial(subject.ref, parts=key),
        variable=variable,
        one=names.singular(key),
    )
    return part_fields(part, around)


def surroundings(
    subject: Subject,
    *,
    entity: str = "",
    prefix: str = "",
    resolve: Callable[[str, RefField], RefView] | None = None,
    is_asked: bool = False,
    variable: str = "",
    one: str = "",
) -> Surroundings:
    """Return what the views of fields depend on: those of the aggregate, if nothing else is said."""
    return Surroundings(
        page=subject.page,
        entity=entity or subject.snake,
        prefix=prefix,
        taken=taken_classes(subject),
        resolve=resolve or subject.ref,
        is_always_optional=is_asked,
        variable=variable,
        used=LOCAL | used_names(subject) | {f"{one or subject.snake}_id"},
        siblings=frozenset(siblings(subject, prefix)),
    )


def taken_classes(subject: Subject) -> frozenset[str]:
    """Return the classes that are there whatever the fields are."""
    own, parts = subject.spec.name, subject.spec.parts.values()
    endings = ("", "Id", "State", "Model", "Output", "Repository", "Response")
    of_parts = (f"{part.name}{ending}" for part in parts for ending in ("", "Id"))
    return frozenset((*(f"{own}{ending}" for ending in endings), *of_parts, *subject.page.values))


def used_names(subject: Subject) -> frozenset[str]:
    """Return what the code of its use cases calls something, and depends on the page."""
    parsers = {f"parse_{names.snake(name)}" for name in subject.page.values}
    targets = {other.plural for other in ref_view.asked(subject.page, subject.here)}
    own = (subject.here.plural, subject.snake, f"{subject.snake}_output")
    return frozenset((*parsers, *targets, *own))


def siblings(subject: Subject, prefix: str) -> Iterator[str]:
    """Yield what fields are called that may stand in one input: those of a part, or all others."""
    spec = subject.spec
    groups = [part.fields for part in spec.parts.values() if part.name == prefix]
    groups = groups or [spec.fields, *(step.with_ for step in subject.steps.values())]
    yield from (attribute(*each) for group in groups for each in group.items())
