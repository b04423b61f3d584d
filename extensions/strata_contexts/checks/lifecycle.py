"""Lifecycles: that every state can be reached, and left unless it is final."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import names
from ..mistakes import listed, meant
from ..walk import aggregates, as_list, states_of

if TYPE_CHECKING:
    from ..mistakes import Mistakes, Path
    from ..models import Page
    from ..operations import Lifecycle

SETTERS: Final = ("set_state", "update_state", "change_state", "set_status", "transition")


def check(page: Page, mistakes: Mistakes) -> None:
    """Add what is wrong with lifecycles."""
    for here in aggregates(page):
        if here.lifecycle is None:
            continue
        path = (*here.path, "lifecycle")
        check_names(here.lifecycle, path, mistakes)
        check_steps(here.lifecycle, path, mistakes)
        if not mistakes.within(path):
            check_ways(here.lifecycle, path, mistakes)


def spots(lifecycle: Lifecycle, path: Path) -> list[tuple[str, Path]]:
    """Return every place that names a state, with the state."""
    found = [(lifecycle.initial, (*path, "initial"))]
    found += each_of(lifecycle.final, (*path, "final"))
    for key, transition in lifecycle.transitions.items():
        inner = (*path, "transitions", key)
        found += each_of(transition.from_, (*inner, "from"))
        found.append((transition.to, (*inner, "to")))
    return [(state, where) for state, where in found if state]


def each_of(value: str | list[str], path: Path) -> list[tuple[str, Path]]:
    if isinstance(value, str):
        return [(value, path)]
    return [(each, (*path, place)) for place, each in enumerate(value)]


def check_names(lifecycle: Lifecycle, path: Path, mistakes: Mistakes) -> None:
    for state, where in spots(lifecycle, path):
        if where[-1] == "initial":
            continue  # its form is known to be good, or told already
        if problem := names.snake_problem(state):
            mistakes.add(where, problem)
    for key in lifecycle.transitions:
        if key in SETTERS:
            mistakes.add(
                (*path, "transitions", key),
                f"{key} names no intent: call it what somebody does, such as submit or cancel",
            )


def check_steps(lifecycle: Lifecycle, path: Path, mistakes: Mistakes) -> None:
    """Check each transition by itself."""
    final = as_list(lifecycle.final)
    duplicates(lifecycle.final, (*path, "final"), mistakes)
    for key, transition in lifecycle.transitions.items():
        inner = (*path, "transitions", key)
        duplicates(transition.from_, (*inner, "from"), mistakes)
        if transition.from_ == [] and not mistakes.within((*inner, "from")):
            mistakes.add((*inner, "from"), "an empty list says nothing: name a state")
        for state, where in each_of(transition.from_, (*inner, "from")):
            if state in final:
                mistakes.add(
                    where, f"{state} is final, so nothing leaves it: take it out of one of them"
                )
            if state and state == transition.to:
                mistakes.add(
                    where,
                    f"leads from {state} to {state}, which is no step: take it out, or make it a change",
                )


def duplicates(value: str | list[str], path: Path, mistakes: Mistakes) -> None:
    seen: set[str] = set()
    for state, where in each_of(value, path):
        if state in seen:
            mistakes.add(where, f"{state} stands here twice: name it once")
        seen.add(state)


def check_ways(lifecycle: Lifecycle, path: Path, mistakes: Mistakes) -> None:
    """Follow the transitions from the initial state, and from each state to a final one."""
    states, final = states_of(lifecycle), as_list(lifecycle.final)
    steps: dict[str, list[str]] = {state: [] for state in states}
    for transition in lifecycle.transitions.values():
        for state in as_list(transition.from_):
            steps[state].append(transition.to)
    reached = within_reach(lifecycle.initial, steps)
    entered = {transition.to for transition in lifecycle.transitions.values()}
    places = spots(lifecycle, path)
    for state in states:
        where = next(place for each, place in places if each == state)
        if state not in reached:
            mistakes.add(where, unreachable(state, state in entered, states, lifecycle.initial))
        elif not steps[state] and state not in final:
            mistakes.add(
                where, f"{state} is a dead end: name it under `final`, or let a transition leave it"
            )
        elif reached & set(final) and not within_reach(state, steps) & set(final):
            ends = listed(final, "or")
            mistakes.add(where, f"{state} never leads to {ends}: let a transition lead there")


def unreachable(state: str, is_entered: bool, states: list[str], initial: str) -> str:
    text = f"{state} cannot be reached from {initial}"
    close = meant(state, [each for each in states if each != state])
    if is_entered:
        return f"{text}: let a transition lead there"
    return f"{text}, since no transition leads to it: {f'did you mean {close}?' if close else 'let one lead there'}"


def within_reach(start: str, steps: dict[str, list[str]]) -> set[str]:
    """Return all states that can be reached from one, itself included."""
    reached, waiting = {start}, [start]
    while waiting:
        for state in steps.get(waiting.pop(), []):
            if state not in reached:
                reached.add(state)
                waiting.append(state)
    return reached
