"""Tells the owner what an update has done, in groups, and what to do next."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

from updates.plan import Fate, Outcome, groups
from updates.refusals import Refusal

TITLES: Mapping[Fate, str] = {
    Fate.MERGED: "Merged: your changes and the template's are both there.",
    Fate.LEFT: "Left as you have written them, though the template has a newer text:",
    Fate.KEPT: "Kept, because you have changed them; the template has them no more:",
    Fate.ANEW: "Left as they are, to be written anew:",
    Fate.CONFLICT: "In conflict: you and the template have changed the same lines.",
}


def say(*lines: str) -> None:
    """Print to standard error, as Copier does; names that are no UTF-8 are escaped."""
    for line in lines:
        print(line.encode(errors="backslashreplace").decode(), file=sys.stderr, flush=True)


def refuse(refusals: Sequence[Refusal]) -> None:
    """Say why nothing was done."""
    say("", "The service was not updated. Nothing was changed.")
    for refusal in refusals:
        say("", refusal.reason, *(f"  {path}" for path in refusal.paths), refusal.remedy)
    say("")


def tell(outcomes: Sequence[Outcome], commands: Mapping[str, str]) -> None:
    """List what was merged, kept, left and is in conflict, and what to do next."""
    grouped = groups(outcomes)
    for fate, title in TITLES.items():
        if grouped[fate]:
            say("", title, *(f"  {_shown(each, commands)}" for each in grouped[fate]))
    say(*_next_steps(grouped))


def _shown(outcome: Outcome, commands: Mapping[str, str]) -> str:
    if outcome.fate is Fate.ANEW:
        return f"{outcome.path}: {commands[outcome.path]}"
    moved = outcome.former and outcome.former != outcome.path
    return f"{outcome.path} (was {outcome.former})" if moved else outcome.path


def _next_steps(grouped: Mapping[Fate, list[Outcome]]) -> Iterable[str]:
    if grouped[Fate.KEPT]:
        yield "Nothing of the template's uses what was kept: remove it, or go on with it as yours."
    if grouped[Fate.CONFLICT]:
        yield from (
            "",
            "You decide: edit what stands between <<<<<<< and >>>>>>> in the files in conflict, then",
            "  git add --all && uv run just check",
            "or go back to where you were, without the update:",
            "  git reset --hard && git clean -fd",
            "",
        )
