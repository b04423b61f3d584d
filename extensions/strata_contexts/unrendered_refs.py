"""What this version of the template does not render yet of fields that point to other aggregates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import circles, names
from .checks.refs import target
from .models import RefField
from .ref_view import asks_who
from .walk import aggregates, as_list, part_fields

if TYPE_CHECKING:
    from .mistakes import Mistakes
    from .models import Page
    from .walk import AggregateHere, FieldHere

NOT_YET: Final = "not in this version"


def check(page: Page, mistakes: Mistakes) -> None:
    """Add all about refs that is not rendered."""
    for here in aggregates(page):
        for part, _, path in here.parts:
            for field in part_fields(part, path):
                if isinstance(field.spec, RefField):
                    check_ref_of_part(page, field, field.spec, here, mistakes)
        check_actors(page, here, mistakes)
    check_circles(page, mistakes)


def check_ref_of_part(
    page: Page, field: FieldHere, spec: RefField, here: AggregateHere, mistakes: Mistakes
) -> None:
    other = target(page, here, spec.to)
    if other and other.qualified == here.qualified:
        kind = names.spaced(here.aggregate.name)
        text = f"a part that points to {names.article(kind)} is {NOT_YET}: leave the field out"
        mistakes.add((*field.path, "to"), text)


def check_actors(page: Page, here: AggregateHere, mistakes: Mistakes) -> None:
    """Refuse parts that anyone may change, with fields that not anyone may let point to something."""
    for key in here.aggregate.parts:
        if "anyone" in as_list(here.aggregate.may.get(key)) and asks_who(page, here, key, "own"):
            text = (
                f"what anyone may do with {key} to point to what not anyone may read is {NOT_YET}:"
                " let `anyone` read it, or say who else may"
            )
            mistakes.add((*here.path, "may", key), text)


def check_circles(page: Page, mistakes: Mistakes) -> None:
    """Refuse circles through what transitions need, and through parts."""
    for context in page.contexts:
        for step in circles.closed(page, context)[-1:]:
            if mistakes.within(step.path):
                continue
            what = "part" if "." in step.name else "transition"
            text = f"a {what} that needs what points back is {NOT_YET}: make it `optional: true`"
            mistakes.add(step.path, text)
        for step in circles.breaking(page, context):
            if "." in step.name:
                text = f"a ref of a part to what points back is {NOT_YET}: leave it out"
                mistakes.add(step.path, text)
