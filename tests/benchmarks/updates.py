"""Counts lost lines, lost files and conflicts of updates with random edits.

    uv run python -m tests.benchmarks.updates 300

`python -m tests.benchmarks.update_matrix --write` writes the table to docs/updates-proven.md.

Each sample is a service with random changes, deletions and renames of files, and a later version. Only the
plan of the update is computed; tests/test_updates.py checks that an update carries out its plan. The seed
is fixed, so the same number of samples gives the same table.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.lives import VERSIONS, known_releases, make_template, version_of
from tests.owners import Change, applied
from updates import tables
from updates.files import File, Tree
from updates.plan import Sides, make_plan
from updates.renders import render
from updates.timeline import HEAD_MODULE, append_only

EDITED = 12
"""The number of edited files in each sample."""
UNTOUCHED = (".copier-answers.yml", "migrations/versions/", HEAD_MODULE)
"""Files that are not merged line by line, by the beginning of their paths."""
COLUMNS = ("pairs", "edits", "lost lines", "lost files", "back again", "conflicts", "unasked")


def table(pairs: int) -> Iterator[str]:
    """Return the counts for this number of random pairs, in Markdown."""
    random = Random(20261126)  # noqa: S311 - the same table each time
    births = {name: version_of(name) for name in (*known_releases(), *VERSIONS)}
    counts = {pair: Counter[str]() for pair in combinations(births, 2)}
    with TemporaryDirectory() as folder:
        template = make_template(Path(folder, "template"))
        trees = {
            name: render(str(template), version, {}, Path(folder, name))
            for name, version in births.items()
        }
        moved = tables.load(template / "updates")
    for _ in range(pairs):
        old, new = random.choice(list(counts))
        counts[old, new].update(live(random, trees[old], trees[new], moved))
    yield f"| from | to | {' | '.join(COLUMNS)} |"
    yield f"|---|---|{'--:|' * len(COLUMNS)}"
    for (old, new), found in counts.items():
        yield f"| {old} | {new} | {' | '.join(str(found[name]) for name in COLUMNS)} |"
    yield ""
    yield "Lost: an owner's line or edited file that is in no file after the update."
    yield "Back again: a file that the owner has deleted and the update restores."
    yield "Unasked: a conflict in a file that only one side has changed."


def live(random: Random, old: Tree, new: Tree, moved: tables.Tables) -> Counter[str]:
    """Edit a service at random, plan its update, and return the counts."""
    mine, renames, written, deleted = edited(random, old, some_paths(random, old, new))
    before, after = append_only(old, new, mine)
    found = make_plan(Sides(before, after, mine, moved, renames))
    there = {outcome.path: outcome.file.content for outcome in found if outcome.file}
    lines = Counter(line for content in there.values() for line in content.splitlines())
    touched = {renames.get(path, path): path for path in old}
    count = Counter(pairs=1, edits=len(written) + len(deleted))
    count["lost lines"] = sum(not lines[line] for each in written.values() for line in each)
    count["lost files"] = sum(
        not {path, moved.target(touched.get(path, path), old, new)} & there.keys()
        for path in written
    )
    count["back again"] = sum(
        bool({path, moved.target(path, old, new)} & there.keys()) for path in deleted
    )
    for outcome in found:
        base, own, theirs = outcome.stages
        if own:
            count["conflicts"] += max(1, _blocks(outcome.file))
            count["unasked"] += base in (own, theirs)
    return count


def some_paths(random: Random, old: Tree, new: Tree) -> list[str]:
    """Choose the files to edit. Half of them are changed, moved or deleted by the template, too."""
    known = [path for path in sorted(old) if not path.startswith(UNTOUCHED)]
    changed = [path for path in known if new.get(path) != old[path]]
    half = random.sample(changed, min(len(changed), EDITED // 2))
    return [*half, *random.sample([path for path in known if path not in half], EDITED - len(half))]


def _blocks(file: File | None) -> int:
    return file.content.count(b"<<<<<<< before updating") if file else 0


def edited(
    random: Random, old: Tree, paths: list[str]
) -> tuple[dict[str, File], dict[str, str], dict[str, list[bytes]], set[str]]:
    """Return the owner's files, the renames, the new lines by path, and the deleted paths."""
    mine, renames = dict(old), dict[str, str]()
    written, deleted = dict[str, list[bytes]](), set[str]()
    for number, path in enumerate(paths):
        lines = old[path].content.splitlines(keepends=True)
        what = random.choice(["lines", "lines", "lines", "rename", "delete"])
        if what == "delete":
            deleted.add(path)
            del mine[path]
            continue
        changes = random_changes(random, lines, number)
        place = f"mine/{number}/{path}" if what == "rename" else path
        del mine[path]
        mine[place] = File(applied(lines, changes), old[path].mode)
        written[place] = [line.rstrip(b"\n") for _, _, new in changes for line in new]
        if what == "rename":
            renames[path] = place
    return mine, renames, written, deleted


def random_changes(random: Random, lines: list[bytes], number: int) -> list[Change]:
    """Insert, change and delete lines at random places that do not overlap."""
    places = range(0, len(lines) + 1, 3)
    changes: list[Change] = []
    for at in random.sample(places, min(len(places), random.randint(1, 4))):
        until = min(at + random.randint(0, 2), len(lines))
        text = b"mine: %d in %d\n" % (at, number)
        changes.append((at, until, [text] if at == until or random.random() < 0.7 else []))
    return changes


if __name__ == "__main__":
    for line in table(int(sys.argv[1]) if len(sys.argv) > 1 else 300):
        print(line)
