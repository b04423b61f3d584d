"""The output of an update: the outcomes in groups, and the next steps."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence

from updates.plan import Fate, Outcome, groups
from updates.refusals import Refusal

TITLES: Mapping[Fate, str] = {
    Fate.MERGED: "Merged: these files contain both your changes and the template's.",
    Fate.LEFT: "Left alone, because you have edited them; the template has a newer text:",
    Fate.KEPT: "Kept, because you have edited them; the template no longer has them:",
    Fate.ANEW: "Not merged; regenerate these files:",
}


def say(*lines: str) -> None:
    """Print to standard error, as Copier does, with bytes that are not UTF-8 escaped."""
    for line in lines:
        print(line.encode(errors="backslashreplace").decode(), file=sys.stderr, flush=True)


def refuse(refusals: Sequence[Refusal], *, is_growth: bool) -> None:
    """Print the reasons for which an update, or a growth, was refused."""
    what = "has not grown" if is_growth else "was not updated"
    say("", f"The service {what}. Nothing was changed.")
    for refusal in refusals:
        say("", refusal.reason, *(f"  {path}" for path in refusal.paths), refusal.remedy)
    say("")


def tell(
    outcomes: Sequence[Outcome], commands: Mapping[str, str], added: Sequence[str] | None
) -> None:
    """Print the outcomes that the owner has to know about, and the next steps.

    Args:
        commands: the command that generates each file of `written anew`.
        added: the paths that the service did not have before the update; None if somebody else names the next
            steps.
    """
    grouped = groups(outcomes)
    for fate, title in TITLES.items():
        if grouped[fate]:
            say("", title, *(f"  {_shown(each, commands)}" for each in grouped[fate]))
    if grouped[Fate.KEPT]:
        say(
            "The template no longer uses the files that were kept: delete them, or keep them as your own."
        )
    if conflicts := grouped[Fate.CONFLICT]:
        say(*_conflicts(conflicts), *(() if added is None else _next_steps(added)))


def _shown(outcome: Outcome, commands: Mapping[str, str]) -> str:
    if outcome.fate is Fate.ANEW:
        return f"{outcome.path}: {commands[outcome.path]}"
    moved = outcome.former and outcome.former != outcome.path
    return f"{outcome.path} (was {outcome.former})" if moved else outcome.path


def _conflicts(conflicts: Sequence[Outcome]) -> Iterable[str]:
    if marked := [_shown(each, {}) for each in conflicts if each.is_marked]:
        yield from ("", "In conflict: you and the template have changed the same lines.")
        yield from (f"  {path}" for path in marked)
        yield "Edit the lines between <<<<<<< and >>>>>>>."
    if whole := [_shown(each, {}) for each in conflicts if not each.is_marked]:
        yield from (
            "",
            "In conflict: you and the template have changed the same link or binary file.",
        )
        yield from (f"  {path}" for path in whole)
        yield "Your version is in place. To take the template's: git checkout --theirs -- FILE"


def _next_steps(added: Sequence[str]) -> Iterable[str]:
    yield from ("", "Next:", "  git add --all . && uv run just check")
    yield from (
        "To undo the whole update instead:",
        "  git restore --source=HEAD --staged --worktree .",
    )
    if added:
        yield f"  rm {shlex.join(added)}"
    yield ""
