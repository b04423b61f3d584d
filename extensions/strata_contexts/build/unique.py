"""What no two aggregates have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names
from ..field_types import RefField
from ..mistakes import listed
from ..satisfying import breaks_none
from ..view import UniqueView

if TYPE_CHECKING:
    from .samples import Samples
    from .subject import Subject


def unique_views(subject: Subject, samples: Samples) -> tuple[UniqueView, ...]:
    spec = subject.spec
    groups = [[name] for name, each in spec.fields.items() if each.unique]
    groups += spec.unique_together
    return tuple(unique_view(subject, group, samples) for group in groups)


def unique_view(subject: Subject, group: list[str], samples: Samples) -> UniqueView:
    """Return the view of some fields that are unique together. ``owner_id`` may be among them."""
    columns = tuple(map(subject.column, group))
    own = {each: subject.spec.fields[each] for each in group if each != "owner_id"}
    whose = " of the same owner" if "owner_id" in group else ""
    stem = "_".join(own)
    spoken = (
        names.quoted(name.removesuffix("_id") if isinstance(each, RefField) else name)
        for name, each in own.items()
    )
    return UniqueView(
        columns=columns,
        fields=tuple(group),
        refusal_class=f"{subject.spec.name}{names.pascal(stem)}TakenError",
        refusal_code=f"{subject.snake}_{stem}_taken",
        detail=f"another {subject.label}{whose} has this {listed(spoken)}",
        path=columns if len(columns) == 1 else (),
        is_copied=not any(subject.is_left_out(name, each) for name, each in own.items()),
        is_free=may_be_alike(subject, group, samples),
    )


def may_be_alike(subject: Subject, group: list[str], samples: Samples) -> bool:
    """Tell whether the second aggregate of a test may have some values of the first one."""
    first, second, _ = samples.given
    copied = {name: first[name] for name in group if name in first}
    return breaks_none(subject.spec.rules, subject.spec.fields, second | copied)
