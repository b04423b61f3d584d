"""What the tests of contexts notice: `uv run python -m tests.benchmarks.teeth [NAME ...] [--write]`.

A service is rendered from tests/contexts/teeth.yml. Each mutant of its page is put into it, one after another, and
the tests of its aggregate are run. With names, only the mutants whose names contain one of them are judged, and
with `--every 4` a quarter of them. `--write` writes docs/teeth.md. All of them take hours: `--judged LOG` takes over
the verdicts that an earlier run has printed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import yaml

from tests.conftest import ROOT, owners_environment

sys.path.insert(0, str(ROOT / "template"))
from tests.teeth.judging import UNNOTICED, Verdict, judging
from tests.teeth.mutants import Mutant, mutants
from tests.teeth.report import page_about

PRINTED: Final = re.compile(
    r"[\d.]+ s, (?P<outcome>(not )?noticed[^:]*): (?P<name>.+?) \| (?P<test>.*)"
)
PAGE: Final = ROOT / "tests/contexts/teeth.yml"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--service", type=Path, help="a rendered service that is there already")
    parser.add_argument("--judged", type=Path, help="what an earlier run has printed")
    parser.add_argument("--list", action="store_true", help="only print the mutants' names")
    options = parser.parse_args()
    started = time.perf_counter()
    page = yaml.safe_load(PAGE.read_text())
    found = list(mutants(page, lambda name: any(each in name for each in options.names or ("",))))
    print(f"{len(found)} mutants in {time.perf_counter() - started:.0f} seconds", flush=True)
    if options.list:
        print("\n".join(mutant.name for mutant in found))
        return
    chosen = found[:: options.every]
    known = printed(options.judged.read_text(), chosen) if options.judged else {}
    left = [mutant for mutant in chosen if mutant.name not in known]
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)
        service = options.service or born(Path(scratch) / "service")
        new = judged(service, left, options.processes, Path(scratch)) if left else []
    known |= {verdict.mutant.name: verdict for verdict in new}
    verdicts = [known[mutant.name] for mutant in chosen]
    text = page_about(verdicts, len(found))
    if options.write and not options.names:
        (ROOT / "docs/teeth.md").write_text(text)
    print(text)
    print(f"{time.perf_counter() - started:.0f} seconds")


def printed(log: str, found: Sequence[Mutant]) -> dict[str, Verdict]:
    """Return the verdicts of mutants, by their names, that an earlier run has printed."""
    by_name = {mutant.name: mutant for mutant in found}
    lines = filter(None, map(PRINTED.fullmatch, log.splitlines()))
    return {
        line["name"]: Verdict(by_name[line["name"]], line["outcome"], line["test"])
        for line in lines
        if line["name"] in by_name
    }


def judged(service: Path, found: Sequence[Mutant], processes: int, scratch: Path) -> list[Verdict]:
    """Judge mutants in several copies of a service; return the verdicts in their order."""

    def judge(place: int) -> list[tuple[int, Verdict]]:
        told = []
        folder = scratch / f"court-{place}"
        folder.mkdir()
        with judging(service, folder) as court:
            for tests in dict.fromkeys(mutant.tests for mutant in found[place::processes]):
                verdict = court.judge(Mutant("nothing is changed", "", {}, tests))
                assert verdict.outcome == UNNOTICED, verdict
            for number, mutant in list(enumerate(found))[place::processes]:
                since = time.perf_counter()
                verdict = court.judge(mutant)
                told.append((number, verdict))
                took = f"{time.perf_counter() - since:.1f} s"
                print(f"{took}, {verdict.outcome}: {mutant.name} | {verdict.test}", flush=True)
        return told

    with ThreadPoolExecutor(processes) as pool:
        every = [each for told in pool.map(judge, range(processes)) for each in told]
    return [verdict for _, verdict in sorted(every, key=lambda pair: pair[0])]


def born(service: Path) -> Path:
    """Render the service, and install it."""
    data = ("--data-file", str(PAGE))
    copy = ["copier", "copy", "--quiet", "--trust", "--defaults", "--vcs-ref=HEAD", *data]
    for command, folder in (
        ([sys.executable, "-m", *copy, str(ROOT), str(service)], ROOT),
        (["uv", "sync", "--quiet"], service),
    ):
        subprocess.run(command, cwd=folder, env=owners_environment(), check=True)
    return service


if __name__ == "__main__":
    main()
