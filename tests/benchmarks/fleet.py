"""Updates a fleet: services of random releases and variants, with random edits, unattended.

    uv run python -m tests.benchmarks.fleet [--quick] [--write]

`--quick` updates 3 services instead of 40; `--write` writes docs/fleet.md. The exit code is 1 if a line or a
file of an owner's is lost, a deleted file comes back, an untouched file is not the template's, a file
conflicts that only one side has changed, or an update fails. The seed is fixed.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks.updates import edited, some_paths
from tests.conftest import ROOT
from tests.lives import (
    NEWEST,
    NOW,
    REALISTIC,
    SETTINGS,
    Life,
    answers_at,
    as_options,
    be_born,
    known_releases,
    make_template,
    version_of,
)
from tests.owners import Edit
from tests.variants import all_variants
from updates import tables
from updates.renders import render
from updates.timeline import HEAD_MODULE, VERSIONS

SERVICES = 40
JOBS = 20
"""Jobs that a CI system runs at the same time, for the projection."""
FAULTS = ("lost lines", "lost files", "back again", "not the template's", "unasked", "failed")
COLUMNS = ("services", "clean", "with conflicts", "conflicts", *FAULTS)


@dataclass(frozen=True)
class Updated:
    """One service after its update."""

    born: str
    variant: str
    counts: Mapping[str, int]
    seconds: float
    processor: float
    said: str


def main() -> None:
    quick = "--quick" in sys.argv
    random = Random(20261126)  # noqa: S311 - the same fleet each time
    fleet = []
    with TemporaryDirectory() as folder:
        template = make_template(Path(folder, "template"))
        for number in range(3 if quick else SERVICES):
            service = update_one(random, template, Path(folder, str(number)))
            fleet.append(service)
            found = ", ".join(f"{name}: {n}" for name, n in service.counts.items() if n)
            print(f"{service.variant}, born at {service.born}: {found}", file=sys.stderr)
    page = "\n".join(report(fleet)) + "\n"
    print(page)
    if "--write" in sys.argv:
        (ROOT / "docs" / "fleet.md").write_text(f"{TITLE}\n{page}")
    faulty = [each for each in fleet if any(each.counts.get(fault) for fault in FAULTS)]
    for each in faulty:
        print(f"{each.variant}, born at {each.born}: {dict(each.counts)}\n{each.said}")
    sys.exit(1 if faulty else 0)


def update_one(random: Random, template: Path, folder: Path) -> Updated:
    """Render a service, edit it and update it."""
    born = random.choice([*known_releases(), NOW, REALISTIC])
    variant = random.choice(list(all_variants()))
    settings = random.choice(list(SETTINGS))
    version = version_of(born)
    answers = answers_at(template, version, variant)
    life = be_born(template, folder, version, settings=settings, answers=as_options(answers))
    old = life.committed()
    new = render(str(template), NEWEST, answers, folder / "new")
    mine, renames, written, deleted = edited(random, old, some_paths(random, old, new))
    gone = dict.fromkeys(path for path in old if path not in mine)
    changed = {path: file for path, file in mine.items() if old.get(path) != file}
    life.make([Edit("random", "", {**gone, **changed}, {})])

    before, start = children_seconds(), time.perf_counter()
    ended = life.update()
    seconds, processor = time.perf_counter() - start, children_seconds() - before

    counts = Counter(services=1)
    conflicts = conflicting(life)
    if ended.returncode not in (0, 1) or bool(ended.returncode) != bool(conflicts):
        counts["failed"] += 1
    counts["with conflicts" if conflicts else "clean"] += 1
    counts["conflicts"] = len(conflicts)
    counts["unasked"] = sum(not both for both in conflicts.values())
    life.commit()
    moved = tables.load(template / "updates")
    after = life.committed()
    lines = Counter(line for file in after.values() for line in file.content.splitlines())
    counts["lost lines"] = sum(not lines[line] for each in written.values() for line in each)
    former = {now: path for path, now in renames.items()}
    for path in written:
        places = {path, moved.target(former.get(path, path), old, new)}
        counts["lost files"] += not places & after.keys()
    for path in deleted:
        counts["back again"] += bool({path, moved.target(path, old, new)} & after.keys())
    touched = {*written, *renames, *deleted, ".copier-answers.yml", HEAD_MODULE}
    counts["not the template's"] = sum(
        after.get(target) != new[target]
        for path in old
        if path not in touched and not path.startswith(VERSIONS)
        if (target := moved.target(path, old, new))
    )
    return Updated(born, variant, counts, seconds, processor, ended.stdout)


def children_seconds() -> float:
    """Return the processor time of all processes that have ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def conflicting(life: Life) -> dict[str, bool]:
    """Return the files in conflict, each with whether both sides have changed it."""
    stages: dict[str, dict[str, str]] = {}
    for row in life.git("ls-files", "--unmerged", "-z").split(b"\0")[:-1]:
        meta, path = row.split(b"\t", 1)
        _, name, stage = meta.decode().split()
        stages.setdefault(os.fsdecode(path), {})[stage] = name
    return {path: len(set(found.values())) == len(found) == 3 for path, found in stages.items()}


TITLE = """\
# A fleet of services, updated unattended

`uv run python -m tests.benchmarks.fleet --write` writes this page. Services are rendered at random releases and
versions, in random variants, with one of three git configurations. Each gets random edits in 12 files, half of
them files that the template changes, too. Then `copier update --trust --defaults` updates it to the newest
version, with nobody there to decide.
"""


def report(fleet: list[Updated]) -> Iterator[str]:
    """Return the figures, in Markdown."""
    births = list(dict.fromkeys(each.born for each in sorted(fleet, key=lambda each: each.born)))
    yield f"| born at | {' | '.join(COLUMNS)} | seconds |"
    yield f"|---|{'--:|' * (len(COLUMNS) + 1)}"
    for name, services in (
        *((born, [each for each in fleet if each.born == born]) for born in births),
        ("all", fleet),
    ):
        total = Counter[str]()
        for each in services:
            total.update(each.counts)
        seconds = median(each.seconds for each in services)
        yield f"| {name} | {' | '.join(str(total[key]) for key in COLUMNS)} | {seconds:.1f} |"
    busy = median(each.processor for each in fleet)
    cores = os.cpu_count() or 1
    yield ""
    yield f"Seconds are the median of an update on a machine with {cores} cores and other work beside it, of which"
    yield f"a processor was busy for {busy:.1f}. Conflicts are files that both sides have changed; they have markers,"
    yield "and the exit code is 1. The columns after them are faults, and have to be 0:"
    yield ""
    yield "- lost: an owner's line or edited file that is nowhere after the update"
    yield "- back again: a file that the owner has deleted and the update restores"
    yield "- not the template's: an untouched file that differs from the new version's"
    yield "- unasked: a file in conflict that only one side has changed"
    yield "- failed: an update that ended with neither a result nor a conflict"
    yield ""
    yield "## 1,000 services"
    yield ""
    yield "An update reads the template and writes one service. Services have nothing in common but the"
    yield "template's address, so all updates can run at the same time. Projected from the processor time:"
    yield ""
    yield "| where | at the same time | duration |"
    yield "|---|--:|--:|"
    yield f"| one machine with {cores} cores | {cores} | {duration(1000 * busy / cores)} |"
    yield f"| a CI system that runs {JOBS} jobs at a time | {JOBS} | {duration(1000 * busy / JOBS)} |"
    yield f"| a scheduled job in the CI of each service | 1,000 | {duration(busy)} |"
    yield ""
    yield "This counts the update alone. Starting a job, and the checks of each service that its CI runs on the"
    yield "change request, take longer."


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


if __name__ == "__main__":
    main()
