"""The states of an aggregate, how code writes them, and the ways that lead to them."""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from ..field_view import member
from ..view import StateView
from ..walk import as_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .subject import Subject


class States:
    """The states of an aggregate; none if it has no lifecycle."""

    def __init__(self, subject: Subject) -> None:
        self._lifecycle = subject.here.lifecycle
        self.all = tuple(subject.here.states)
        self.enum = f"{subject.spec.name}State"

    def others(self, states: Iterable[str]) -> tuple[str, ...]:
        known = set(states)
        return tuple(state for state in self.all if state not in known)

    def members(self, states: Iterable[str]) -> str:
        """Write some states as a list of members of their enum."""
        return f"[{', '.join(f'{self.enum}.{member(state)}' for state in states)}]"

    def is_refused_when(self, allowed: Sequence[str]) -> str:
        """Return the condition in Python under which a state is none of those that are allowed."""
        if len(allowed) == 1:
            return f"self.state is not {self.enum}.{member(allowed[0])}"
        written = ", ".join(f"{self.enum}.{member(each)}" for each in allowed)
        return f"self.state not in ({written})"

    @cached_property
    def ways(self) -> dict[str, tuple[str, ...]]:
        """The shortest way of transitions to each state."""
        lifecycle = self._lifecycle
        if lifecycle is None:
            return {}
        ways: dict[str, tuple[str, ...]] = {lifecycle.initial: ()}
        waiting = deque([lifecycle.initial])
        while waiting:
            state = waiting.popleft()
            for name, step in lifecycle.transitions.items():
                if state in as_list(step.from_) and step.to not in ways:
                    ways[step.to] = (*ways[state], name)
                    waiting.append(step.to)
        return ways

    def way_to(self, states: Iterable[str]) -> tuple[str, ...]:
        """Return the shortest way to any of some states."""
        return min((self.ways[state] for state in states), key=len, default=())

    def views(self) -> tuple[StateView, ...]:
        return tuple(map(self._view, self.all))

    def _view(self, name: str) -> StateView:
        lifecycle = self._lifecycle
        return StateView(
            name=name,
            member=member(name),
            is_initial=lifecycle is not None and name == lifecycle.initial,
            is_final=lifecycle is not None and name in as_list(lifecycle.final),
            way=self.ways[name],
        )
