"""The kinds of parts that an aggregate is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import ref_view
from ..part_view import part_view
from .access import permission_of
from .fields import fields_of_parts, used_names
from .matrix import cells, hidden_target

if TYPE_CHECKING:
    from ..view import PartView, PermissionView
    from .states import States
    from .subject import Subject
    from .transitions import Steps


def part_views(
    subject: Subject, states: States, steps: Steps, access: dict[str, PermissionView]
) -> tuple[PartView, ...]:
    return tuple(view_of_parts(subject, key, states, steps, access) for key in subject.spec.parts)


def view_of_parts(
    subject: Subject,
    key: str,
    states: States,
    steps: Steps,
    access: dict[str, PermissionView],
) -> PartView:
    """Return the view of the parts under a key, which may be changed in some states."""
    part = subject.spec.parts[key]
    allowed = subject.states_in(part.in_)
    others = states.others(allowed)
    variable = ref_view.variable_of(subject.here, key)
    return part_view(
        key,
        part,
        subject.spec.name,
        variable,
        fields_of_parts(subject, key, variable),
        subject.page,
        states=allowed,
        is_refused_when=states.is_refused_when(allowed) if others else "",
        allowed_states=states.members(allowed),
        refused_states=states.members(others),
        steps_before=steps.to(allowed),
        steps_to_refusal=steps.to(others),
        permission=permission_of(subject, access, key),
        access=access[key],
        local=f"valid_{key}" if key in used_names(subject) else key,
        removal_cells=tuple(cells(subject, key, [])),
        hidden_target=hidden_target(subject, key, part.fields),
    )
