"""Tries every kind of edit in services of every release and several variants.

    uv run python -m tests.benchmarks.update_matrix [--write]

`--write` writes docs/updates-proven.md, with the table of random pairs of tests/benchmarks/updates.py. The
exit code is 1 if an edit was not kept, or an update failed.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import updates
from tests.conftest import ROOT
from tests.lives import (
    NEWEST,
    NOW,
    REALISTIC,
    SOME_VARIANTS,
    Life,
    be_born,
    known_releases,
    make_template,
    options_of,
    version_of,
)
from tests.owners import Edit, expected_after, plan_edits
from updates import tables

PAIRS = 300


@dataclass(frozen=True)
class Tried:
    """The edits of one service, and those that were not kept."""

    edits: list[Edit]
    lost: list[Edit]
    conflicts: int
    others: int
    """Files that were not edited, and are not the template's."""
    seconds: float

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.conflicts or self.others)


def main() -> None:
    with TemporaryDirectory() as folder:
        template = make_template(Path(folder, "template"))
        tried = {
            (born, name): live(template, Path(folder, born, name), born, name, turn)
            for born in (*known_releases(), NOW, REALISTIC)
            for turn, name in enumerate(SOME_VARIANTS)
        }
    page = "\n".join([*report(tried), *updates.table(PAIRS)]) + "\n"
    print(page)
    if "--write" in sys.argv:
        (ROOT / "docs" / "updates-proven.md").write_text(page)
    sys.exit(0 if all(each.is_good for each in tried.values()) else 1)


def live(template: Path, folder: Path, born: str, name: str, turn: int) -> Tried:
    """Render, edit and update a service."""
    answers = options_of(name)
    life = be_born(template, folder / "old", version_of(born), answers=answers)
    fresh = be_born(template, folder / "new", NEWEST, answers=answers).committed()
    edits = plan_edits(life.committed(), fresh, tables.load(template / "updates"), turn)
    life.make(edits)
    start = time.perf_counter()
    ended = life.update()
    seconds = time.perf_counter() - start
    conflicts = conflicts_of(life)
    if ended.returncode != bool(conflicts):
        raise RuntimeError(ended.stdout)
    life.commit()
    after, expected = life.committed(), expected_after(edits, fresh)
    wrong = {path for path in {*after, *expected} if after.get(path) != expected.get(path)}
    lost = [edit for edit in edits if wrong & edit.expected.keys()]
    others = wrong - {path for edit in edits for path in edit.expected}
    print(f"{name}, born at {born}: {len(edits)} edits, {len(lost)} lost", file=sys.stderr)
    return Tried(edits, lost, conflicts, len(others), seconds)


def conflicts_of(life: Life) -> int:
    """Return the number of files in conflict."""
    rows = life.git("ls-files", "--unmerged", "-z").split(b"\0")[:-1]
    return len({row.split(b"\t", 1)[1] for row in rows})


def report(tried: dict[tuple[str, str], Tried]) -> Iterator[str]:
    """Return the tables, in Markdown."""
    births = list(dict.fromkeys(born for born, _ in tried))
    yield "# Updates that were tried"
    yield ""
    yield "`uv run python -m tests.benchmarks.update_matrix --write` writes this page. `v99.1.0` is the template when"
    yield "it was written. The two versions after it are made for the tests: `v99.2.0` has the changes of a realistic"
    yield "release, and `v99.3.0` changes many files, moves a folder and deletes another. All services are updated to"
    yield "`v99.3.0`."
    yield ""
    yield "## By release and variant"
    yield ""
    yield "Kept: after the update, the files of the edit are exactly as expected, with the owner's change and the"
    yield "template's. Other files: those that were not edited and differ from a service rendered anew."
    yield ""
    yield "| born at | variant | edits | kept | files in conflict | other files |"
    yield "|---|---|--:|--:|--:|--:|"
    for (born, name), each in tried.items():
        kept = len(each.edits) - len(each.lost)
        yield f"| {born} | {name} | {len(each.edits)} | {kept} | {each.conflicts} | {each.others} |"
    yield ""
    yield "## By release and kind of edit"
    yield ""
    yield "The first column is what the owner does, and what the template does to the same file. The others are the"
    yield "number of variants in which the edit was kept, of those in which it was tried; few files are moved, so not"
    yield "every kind of edit is tried on them in each variant."
    yield ""
    yield f"| edit | {' | '.join(births)} |"
    yield f"|---|{'--:|' * len(births)}"
    counts: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for (born, _), each in tried.items():
        for edit in each.edits:
            counts[edit.name, born].append(edit not in each.lost)
    for name in dict.fromkeys(name for name, _ in counts):
        found = [counts[name, born] for born in births]
        cells = [f"{sum(kept)} of {len(kept)}" if kept else "" for kept in found]
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
    yield "## Random pairs"
    yield ""
    yield f"{PAIRS} random pairs of a version and edits, with {updates.EDITED} edited files each, half of them files that"
    yield "the template changes, moves or drops. Here the edits may meet the template's changes."
    yield ""


if __name__ == "__main__":
    main()
