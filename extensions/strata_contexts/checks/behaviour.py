"""Changes and removal: what they set, and in which states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..mistakes import no_field, quoted, suggestion
from ..operations import Remove
from ..satisfying import compared
from ..walk import SYSTEM_FIELDS, aggregates, as_list

if TYPE_CHECKING:
    from ..mistakes import Mistakes, Path
    from ..models import Page
    from ..walk import AggregateHere

ANEMIC: Final = ("update", "edit", "modify", "patch", "set", "save", "put")


def check(page: Page, mistakes: Mistakes) -> None:
    """Add what is wrong with changes and removal."""
    for here in aggregates(page):
        check_changes(here, mistakes)
        check_equal_fields(here, mistakes)
        for part, _, path in here.parts:
            if part.in_ is not None:
                check_states(here, part.in_, (*path, "in"), mistakes, may_be_final=False)
        remove = here.aggregate.remove
        if isinstance(remove, Remove) and remove.in_ is not None:
            check_states(
                here, remove.in_, (*here.path, "remove", "in"), mistakes, may_be_final=True
            )


def check_changes(here: AggregateHere, mistakes: Mistakes) -> None:
    fields = here.aggregate.fields
    for key, change in (here.aggregate.changes or {}).items():
        path = (*here.path, "changes", key)
        if key in ANEMIC:
            mistakes.add(
                path, f"{key} names no intent: call it what somebody does, such as revise or rename"
            )
        seen: set[str] = set()
        for place, name in enumerate(change.fields):
            inner = (*path, "fields", place)
            if name in here.aggregate.parts:
                mistakes.add(
                    inner, f"{name} are parts, which have changes of their own: leave them out"
                )
            elif name == "state":
                mistakes.add(inner, "no change sets the state: write a transition")
            elif name in SYSTEM_FIELDS:
                mistakes.add(inner, f"{name} is kept by the service: leave it out")
            elif name not in fields:
                text = no_field(name, fields)
                mistakes.add(inner, text)
            elif fields[name].set == "once":
                mistakes.add(
                    inner,
                    f"{name} is `set: once`, so nothing changes it: take it out of one of them",
                )
            if name in seen:
                mistakes.add(inner, f"{name} stands here twice: name it once")
            seen.add(name)
        if change.in_ is not None:
            check_states(here, change.in_, (*path, "in"), mistakes, may_be_final=False)
    # `revise` comes by itself where no changes are declared.
    if here.aggregate.changes is None and "revise" in here.changes:
        for name, path in taken_names(here):
            if name == "revise":
                mistakes.add(
                    path, "revise is the change that is there by default: choose another name"
                )


def check_equal_fields(here: AggregateHere, mistakes: Mistakes) -> None:
    """Check that no change sets only one of two fields that are always equal: it could change nothing."""
    fields = here.aggregate.fields
    for rule in (each.rule for each in compared(here.aggregate.rules, fields)):
        both = (rule.left, rule.right)
        if rule.operator != "==" or any(fields[name].optional for name in both):
            continue
        for key, change in (here.aggregate.changes or {}).items():
            for name, other in (both, both[::-1]):
                if name in change.fields and other not in change.fields:
                    mistakes.add(
                        (*here.path, "changes", key, "fields"),
                        f"{name} is always equal to {other}, so it cannot change alone: add {other}",
                    )
        if here.aggregate.changes is None and {fields[name].set for name in both} == {None, "once"}:
            once = next(name for name in both if fields[name].set)
            mistakes.add(
                (*here.path, "fields", once, "set"),
                f"{rule.left} is always equal to {rule.right}, so neither changes alone: say"
                " `set: once` for both, or for neither",
            )


def taken_names(here: AggregateHere) -> list[tuple[str, Path]]:
    found: list[tuple[str, Path]] = [
        (name, (*here.path, "fields", name)) for name in here.aggregate.fields
    ]
    found += [(name, (*here.path, "parts", name)) for name in here.aggregate.parts]
    return found + [
        (name, (*here.path, "lifecycle", "transitions", name)) for name in here.transitions
    ]


def check_states(
    here: AggregateHere,
    value: str | list[str],
    path: Path,
    mistakes: Mistakes,
    *,
    may_be_final: bool,
) -> None:
    """Check states in which something is possible."""
    if here.lifecycle is None:
        mistakes.add(path, "there are no states without a `lifecycle`: leave it out, or write one")
        return
    if value == []:
        mistakes.add(path, "an empty list says nothing: name a state, or leave it out for all")
    final = as_list(here.lifecycle.final)
    seen: set[str] = set()
    for place, state in enumerate(as_list(value)):
        inner = path if isinstance(value, str) else (*path, place)
        if state in seen:
            mistakes.add(inner, f"{state} stands here twice: name it once")
        elif state not in here.states:
            if not mistakes.within((*here.path, "lifecycle")):
                text = f"there is no state {quoted(state)}: {suggestion(state, here.states)}"
                mistakes.add(inner, text)
        elif state in final and not may_be_final:
            mistakes.add(inner, f"{state} is final, so nothing changes in it: take it out")
        seen.add(state)
