"""The output of an update: the outcomes in groups, and the next steps."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

from updates.plan import Fate, Outcome, groups
from updates.refusals import Refusal

TITLES: Mapping[Fate, str] = {
    Fate.MERGED: "Merged: these files contain both your changes and the template's.",
    Fate.LEFT: "Left alone, because you have edited them; the template has a newer text:",
    Fate.KEPT: "Kept, because you have edited them; the template no longer has them:",
    Fate.ANEW: "Not merged; regenerate these files:",
    Fate.CONFLICT: "In conflict: you and the template have changed the same lines.",
}


def say(*lines: str) -> None:
    """Print to standard error, as Copier does, with bytes that are not UTF-8 escaped."""
    for line in lines:
        print(line.encode(errors="backslashreplace").decode(), file=sys.stderr, flush=True)


def refuse(refusals: Sequence[Refusal]) -> None:
    """Print the reasons for which the update was refused."""
    say("", "The service was not updated. Nothing was changed.")
    for refusal in refusals:
        say("", refusal.reason, *(f"  {path}" for path in refusal.paths), refusal.remedy)
    say("")


def tell(outcomes: Sequence[Outcome], commands: Mapping[str, str]) -> None:
    """Print the outcomes that the owner has to know about, and the next steps."""
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
        yield "The template no longer uses the files that were kept: delete them, or keep them as your own."
    if grouped[Fate.CONFLICT]:
        yield from (
            "",
            "Next: edit the lines between <<<<<<< and >>>>>>> in the files in conflict, then run",
            "  git add --all && uv run just check",
            "To undo the whole update instead:",
            "  git restore --source=HEAD --staged --worktree . && git clean -fd .",
            "",
        )
