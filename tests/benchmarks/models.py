"""Draws random services, and lets each of them pass its own checks.

    nice -n 10 uv run python -m tests.benchmarks.models [--count 30] [--first 0] [--keep FOLDER] [--write]
        [--authentication own] [--scratch FOLDER]

Each service has three to five aggregates in up to three contexts, and is rendered by Copier from the working
tree. `--whole` also runs the tests that are the same in every service. What fails is printed, and kept in the folder
of `--keep`. `--page FILE` tries such a page again. `--write` writes docs/models-proven.md after each service. The
exit code is 1 if a check has failed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml

from tests.conftest import ROOT
from tests.drawing.pages import drawn, services
from tests.proving import Ground, Proof, copied_template, features

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.drawing.mending import Drawn


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=30, help="how many services")
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    parser.add_argument("--keep", type=Path, help="a folder for what fails")
    parser.add_argument("--authentication", help="only services with this answer")
    parser.add_argument("--scratch", type=Path, help="a folder for environments, to be used again")
    parser.add_argument(
        "--whole", action="store_true", help="run tests that are the same everywhere"
    )
    parser.add_argument("--page", type=Path, action="append", help="a page to try again")
    parser.add_argument("--write", action="store_true", help="write docs/models-proven.md")
    options = parser.parse_args()
    numbers = range(options.first, options.first + options.count)
    pages = dict(map(read, options.page)) if options.page else drawn_services(numbers)
    if options.authentication:
        pages = {name: each for name, each in pages.items() if each[1] == options.authentication}
    with TemporaryDirectory() as folder:
        scratch = options.scratch or Path(folder)
        scratch.mkdir(parents=True, exist_ok=True)
        scratch.chmod(0o755)  # as root, PostgreSQL runs as `nobody`
        proofs = []
        for proof in proven(scratch, pages, options.keep, is_whole=options.whole):
            proofs.append(proof)
            if options.write:
                (ROOT / "docs/models-proven.md").write_text(written(proofs))
    print(written(proofs))
    sys.exit(1 if any(proof.failed for proof in proofs) else 0)


def drawn_services(numbers: range) -> dict[str, tuple[Drawn, str]]:
    """Draw a service for each number, the same one each time."""
    return {str(number): drawn(services(), 3, number)[-1] for number in numbers}


def read(file: Path) -> tuple[str, tuple[Drawn, str]]:
    page: dict[str, Any] = yaml.safe_load(file.read_text())
    return file.stem, (page, page.pop("authentication", "own"))


def proven(
    scratch: Path, pages: dict[str, tuple[Drawn, str]], keep: Path | None, *, is_whole: bool
) -> Iterator[Proof]:
    """Yield the proof of each page, one after the other."""
    shutil.rmtree(scratch / "template", ignore_errors=True)
    template = copied_template(scratch / "template")
    grounds = {each: Ground(scratch, template, each) for each in ("own", "external", "none")}
    for number, (page, authentication) in pages.items():
        proof = grounds[authentication].prove(page, is_whole=is_whole)
        told = ", ".join(proof.failed) or "passed"
        print(
            f"{number}: {told}, {sum(proof.seconds.values()):.0f} s of processor time",
            file=sys.stderr,
            flush=True,
        )
        if proof.failed:
            print(proof.told, proof.yaml, sep="\n", flush=True)
        if proof.failed and keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{number}.yml").write_text(proof.yaml)
            (keep / f"{number}.txt").write_text(proof.told)
        yield proof


def written(proofs: list[Proof]) -> str:
    return "\n".join(report(proofs)) + "\n"


def report(proofs: list[Proof]) -> Iterator[str]:
    counts: Counter[str] = sum((features(proof.page) for proof in proofs), Counter())
    answers = Counter(proof.authentication for proof in proofs)
    failed = [proof for proof in proofs if proof.failed]
    seconds = [sum(proof.seconds.values()) for proof in proofs]
    by_answer = ", ".join(f"{number} with `{each}`" for each, number in sorted(answers.items()))
    yield from (
        "# Random services and their own checks",
        "",
        "<!-- Written by `uv run python -m tests.benchmarks.models --write`. -->",
        "",
        f"Services with random contexts that were rendered: {len(proofs)} ({by_answer}). Each ran its own checks: those of",
        "`just check`, without the proof of the architecture rules and without tests that are the same in every service.",
        "Their own tests have to run every line of their contexts.",
        f"Services of which a check failed: {len(failed)}. They had",
        "",
        "| what | how many |",
        "|---|---|",
        *(f"| {name} | {number:,} |" for name, number in counts.items()),
        "",
        f"The checks of a service took {statistics.median(seconds):.0f} s of processor time (median):",
        "",
        "| check | median, s | failed |",
        "|---|---|---|",
    )
    for name in dict.fromkeys(name for proof in proofs for name in proof.seconds):
        times = [proof.seconds[name] for proof in proofs if name in proof.seconds]
        wrong = sum(name in proof.failed for proof in proofs)
        yield f"| {name} | {statistics.median(times):.1f} | {wrong} |"


if __name__ == "__main__":
    main()
