"""The transitions of an aggregate, and the steps that tests take to its states."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .. import names, sample_view
from ..field_types import ValueField
from ..field_view import member
from ..satisfying import keeping
from ..view import LifecycleView, TransitionView
from ..walk import as_list
from .access import permission_of
from .fields import field_views
from .samples import without_itself
from .texts import refused_because, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..field_types import FieldSpec
    from ..view import FieldView, PermissionView
    from .states import States
    from .subject import Subject


class Steps:
    """The transitions of an aggregate, which lead tests from a new one to any state."""

    def __init__(self, subject: Subject, states: States, access: dict[str, PermissionView]) -> None:
        self._states = states
        self.by_name = {
            name: transition_view(subject, name, states, access) for name in subject.steps
        }

    def to(self, states: Iterable[str]) -> tuple[TransitionView, ...]:
        """Return the fewest steps to any of some states."""
        return self._along(self._states.way_to(states))

    def longest(self) -> tuple[TransitionView, ...]:
        """Return the steps to the state that is farthest away."""
        return self._along(max(self._states.ways.values(), key=len, default=()))

    def _along(self, way: tuple[str, ...]) -> tuple[TransitionView, ...]:
        return tuple(self.by_name[name] for name in way)


def transition_view(
    subject: Subject, name: str, states: States, access: dict[str, PermissionView]
) -> TransitionView:
    """Return the view of a transition, without the steps that lead to it."""
    step, pascal = subject.steps[name], names.pascal(name)
    starts = tuple(as_list(step.from_))
    others = states.others(starts)
    fields = field_views(subject, step.with_)
    values = keeping(step.with_, {}, subject.page) or {}
    return TransitionView(
        name=name,
        pascal=pascal,
        url=names.kebab(name),
        label=names.spaced(name),
        doc=names.sentence(step.doc),
        from_states=starts,
        refused_from=others,
        to_state=step.to,
        fields=fields,
        permission=permission_of(subject, access, name),
        access=access[name],
        sample=sample_view.sample(without_itself(subject, values, step.with_), step.with_, fields),
        refusal_class=f"Cannot{pascal}{subject.spec.name}Error",
        refusal_code=f"cannot_{name}_{subject.snake}",
        way=states.way_to(starts),
        sentence=sentence(subject, name, step.doc),
        is_refused_when=states.is_refused_when(starts),
        refused_because=refused_because(subject, names.spaced(name)),
        allowed_states=states.members(starts),
        refused_states=states.members(others),
        to_member=member(step.to),
        shorter=tuple(shorter_values(subject, step.with_, fields, values)),
    )


def shorter_values(
    subject: Subject,
    specs: dict[str, FieldSpec],
    fields: tuple[FieldView, ...],
    values: dict[str, Any],
) -> Iterator[tuple[str, str]]:
    """Yield what a transition asks for without what is optional in it: attributes with code."""
    for field in fields:
        spec = specs[field.name]
        if isinstance(spec, ValueField):
            value = subject.page.values[spec.type]
            for each in sample_view.shorter(values[field.name], value):
                yield field.attribute, field.call(each)


def lifecycle_view(subject: Subject, states: States, steps: Steps) -> LifecycleView | None:
    """Return the states and the transitions, with the steps that lead to each; None without any."""
    if subject.here.lifecycle is None:
        return None
    views = states.views()
    return LifecycleView(
        class_name=states.enum,
        initial=next(state for state in views if state.is_initial),
        states=views,
        transitions=tuple(
            replace(
                step,
                steps_before=steps.to(step.from_states),
                steps_to_refusal=steps.to(step.refused_from),
            )
            for step in steps.by_name.values()
        ),
    )
