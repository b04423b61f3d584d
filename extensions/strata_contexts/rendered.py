"""What this version of the template does not render yet. It is refused, so that nothing is half there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import circles, names
from .checks.refs import target
from .checks.unique import different, has_room
from .examples import REFERRED
from .field_types import RefField
from .ref_view import pointing
from .walk import aggregates, part_fields

if TYPE_CHECKING:
    from .mistakes import Mistakes, Path
    from .models import Page, Part
    from .walk import AggregateHere, FieldHere

NOT_YET: Final = "not in this version"


def check(page: Page, mistakes: Mistakes) -> None:
    """Add all that is not rendered."""
    for here in aggregates(page):
        for part, _, path in here.parts:
            check_unique_refs(part, path, mistakes)
            for field in part_fields(part, path):
                if isinstance(field.spec, RefField):
                    check_ref_of_part(page, field, field.spec, here, mistakes)
    check_circles(page, mistakes)
    check_targets(page, mistakes)


def check_targets(page: Page, mistakes: Mistakes) -> None:
    """Refuse what is pointed to where an owner has room for fewer rows than the tests point to."""
    for here in aggregates(page):
        for place, group in enumerate(here.aggregate.unique_together):
            own = [name for name in group if name != "owner_id"]
            if own == group or has_room(here, own, page) or not any(pointing(page, here)):
                continue
            text = (
                f"an owner could have fewer than {REFERRED} of them, and something points to them,"
                f" which is {NOT_YET}: leave the group out"
            )
            mistakes.add((*here.path, "unique_together", place), text)


def check_unique_refs(part: Part, path: Path, mistakes: Mistakes) -> None:
    """Refuse parts that point to more different aggregates than the tests make."""
    for name, spec in part.fields.items():
        if spec.unique and isinstance(spec, RefField) and different(part) > REFERRED:
            mistakes.add(
                (*path, "fields", name, "unique"),
                f"a unique ref where there are {REFERRED} parts at least is {NOT_YET}: leave it out",
            )


def check_ref_of_part(
    page: Page, field: FieldHere, spec: RefField, here: AggregateHere, mistakes: Mistakes
) -> None:
    other = target(page, here, spec.to)
    if other and other.qualified == here.qualified:
        kind = names.spaced(here.aggregate.name)
        text = f"a part that points to {names.article(kind)} is {NOT_YET}: leave the field out"
        mistakes.add((*field.path, "to"), text)


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
