"""In which states an aggregate may be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..operations import Remove
from ..view import RemovalView
from ..walk import as_list
from .texts import refused_because

if TYPE_CHECKING:
    from .states import States
    from .subject import Subject
    from .transitions import Steps


def removable_states(subject: Subject) -> tuple[str, ...]:
    """Return the states in which it may be removed; none if it never may, or has no states."""
    remove = subject.spec.remove
    if isinstance(remove, Remove) and remove.in_ is not None:
        return tuple(as_list(remove.in_))
    return tuple(subject.here.states) if remove is not False else ()


def is_removal_guarded(subject: Subject) -> bool:
    """Tell whether there are states in which it may be removed, and others in which it may not."""
    allowed = removable_states(subject)
    return bool(allowed) and bool(set(subject.here.states) - set(allowed))


def removal_view(subject: Subject, states: States, steps: Steps) -> RemovalView:
    allowed, is_guarded = removable_states(subject), is_removal_guarded(subject)
    others = states.others(allowed) if is_guarded else ()
    return RemovalView(
        is_guarded=is_guarded,
        refusal_class=f"CannotRemove{subject.spec.name}Error",
        refusal_code=f"cannot_remove_{subject.snake}",
        is_refused_when=states.is_refused_when(allowed) if is_guarded else "",
        refused_because=refused_because(subject, "remove"),
        allowed_states=states.members(allowed),
        refused_states=states.members(others),
        steps_before=steps.to(allowed),
        steps_to_refusal=steps.to(others),
    )
