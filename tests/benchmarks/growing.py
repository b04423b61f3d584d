"""Merges random growths with random edits of an owner, and measures one growth.

    uv run python -m tests.benchmarks.growing [--write]

`--write` writes docs/growth-proven.md. The exit code is 1 if a line was lost.
"""

from __future__ import annotations

import random
import resource
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import ROOT, Service
from tests.growths import CHANGES, EDITS, make_pair
from tests.lives import NOW, be_born, make_template

PAIRS = 700
OUTCOMES = ("untouched", "merged", "conflict", "lost")
BOOKSHOP = ROOT / "docs" / "examples" / "bookshop" / "contexts.yml"

Counts = Mapping[str, Counter[str]]


def main() -> None:
    counts = merge_pairs(PAIRS)
    page = "\n".join([*table(counts), *timing()]) + "\n"
    print(page)
    if "--write" in sys.argv:
        (ROOT / "docs" / "growth-proven.md").write_text(page)
    sys.exit(1 if any(each["lost"] for each in counts.values()) else 0)


def merge_pairs(number: int) -> Counts:
    """Merge random pairs; return the outcomes by the change of the page."""
    draw = random.Random(20261126)  # noqa: S311 - nothing is secret here
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    done = 0
    while done < number:
        seed, change = draw.randrange(40), draw.randrange(len(CHANGES))
        for _ in range(10):  # of the same pages, because rendering them takes the time
            pair = make_pair(seed, change, draw.randint(0, len(EDITS)), draw.randrange(10**6))
            if pair:
                counts[pair.change][pair.outcome] += 1
                done += 1
    return counts


def table(counts: Counts) -> Iterator[str]:
    total = sum(sum(each.values()) for each in counts.values())
    yield from (
        "# What growing does to edits",
        "",
        "<!-- Written by `uv run python -m tests.benchmarks.growing --write`. -->",
        "",
        f"{total} random changes of random pages of contexts, each merged with a random edit of an owner in one of the",
        "files that were rendered: a line inserted, changed or deleted, a block inserted, a function added, lines moved, a",
        "file deleted. Nine of ten are in a file that the growth changes. In conflict are those that change the same",
        "line, or insert at the same place; lost are those of which a line is missing afterwards.",
        "",
        "| change of the page | the file is not changed | merged | in conflict | lost |",
        "|---|---|---|---|---|",
    )
    for change in sorted(counts):
        cells = " | ".join(str(counts[change][outcome]) for outcome in OUTCOMES)
        yield f"| {change.replace('_', ' ')} | {cells} |"
    sums = [sum(each[outcome] for each in counts.values()) for outcome in OUTCOMES]
    yield f"| **all** | {' | '.join(map(str, sums))} |"


def timing() -> Iterator[str]:
    """Measure `just grow` of the bookshop, with one field more and without the checks at its end."""
    with TemporaryDirectory() as folder:
        template = make_template(Path(folder, "template"), [lambda _: None])
        life = be_born(template, Path(folder, "life"), NOW, answers=["--data-file", str(BOOKSHOP)])
        service = Service(life.path)
        service.run("uv", "sync", "--quiet", **life.environment)
        service.run("uv", "run", "just", "openapi", **life.environment)
        (life.path / "own.just").write_text("[private]\nown-checks:\n")
        justfile = life.path / "justfile"
        justfile.write_text(
            justfile.read_text().replace("check: static test proof own-checks", "check:")
        )
        life.commit()
        page = life.path / "contexts.yml"
        text = page.read_text()
        field = "          copies: {type: integer, min: 1, max: 99}\n"
        page.write_text(
            text.replace(field, f"{field}          colour: {{type: string, backfill: red}}\n")
        )
        seconds = {}
        for options in (("--preview",), ()):
            start = time_of_children()
            service.run("uv", "run", "just", "grow", *options, **life.environment)
            seconds[" ".join(options)] = time_of_children() - start
    yield from (
        "",
        "One field more in an aggregate of [the bookshop](examples/bookshop/contexts.yml): the preview took",
        f"{seconds['--preview']:.0f} s of processor time, and the growth {seconds['']:.0f} s without the checks at its end.",
    )


def time_of_children() -> float:
    """Return the processor time of all processes that have ended, which other work does not change."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
