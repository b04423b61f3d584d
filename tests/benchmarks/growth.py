"""The cost of a service with 1, 10 and 50 contexts: `uv run python -m tests.benchmarks.growth [--write]`.

The contexts are copies of `tests/second_context` under other names, in addition to the service's own
users. The figures are processor time, including that of child processes, because it is steadier than
elapsed time, and their ratios to a service with one context. `--write` writes `docs/growth.md`.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT, owners_environment

sys.path.insert(0, str(ROOT / "template"))

from tests.production import render_service

CONTEXT = ROOT / "tests" / "second_context" / "book"
PROBE = Path(__file__).with_name("growth_probe.py")
WIRING = "src/presentation/deps/own_contexts.py"
ROUTERS = "src/presentation/own_routers.py"
TABLES = "src/infrastructure/persistence/own_tables.py"

TARGETS = {"request to the last route, µs": "1.3 times", "`just architecture`, s": "3.0 s"}


class Scale(NamedTuple):
    contexts: tuple[int, ...] = (1, 10, 50)
    rounds: int = 3
    requests: int = 2000


QUICK = Scale(contexts=(1, 2), rounds=1, requests=20)

Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/growth.md")
    parser.add_argument("--quick", action="store_true", help="only check that it runs")
    arguments = parser.parse_args()
    scale = QUICK if arguments.quick else Scale()
    with tempfile.TemporaryDirectory() as scratch:
        service = render_service(Path(scratch))
        measured: dict[int, Figures] = {}
        grown = 0
        for contexts in scale.contexts:
            for number in range(grown + 1, contexts + 1):
                add_context(service, number)
            grown = contexts
            measured[contexts] = measure(service, contexts, scale)
    report = written(measured, scale)
    print(report)
    if arguments.write:
        (ROOT / "docs" / "growth.md").write_text(report)


def add_context(service: Path, number: int) -> None:
    """Copy the context under another name, and register it as an owner would."""
    for source in sorted(CONTEXT.rglob("*.py")):
        target = service / numbered(source.relative_to(CONTEXT).as_posix(), number)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(numbered(source.read_text(), number))
    context, books = numbered("catalog", number), numbered("books", number)
    line = f"from presentation.deps import {context}\n"
    insert(service / WIRING, "from infrastructure.config import Settings\n", line)
    bind = f"    {context}.bind(app, sessions)\n"
    insert(service / WIRING, 'with `catalog` from `presentation.deps`."""\n', bind)
    line = f"from presentation.routers.{context} import {books}\n"
    insert(service / ROUTERS, "from fastapi import APIRouter\n", line)
    insert(service / ROUTERS, "OWN_ROUTERS: list[APIRouter] = [", f"{books}.router, ")
    rows = f"import infrastructure.persistence.{context}.models.{numbered('book', number)}\n"
    insert(service / TABLES, 'models.book`\n"""\n', rows)


def numbered(text: str, number: int) -> str:
    return re.sub("catalog|book|edition", rf"\g<0>{number}", text, flags=re.IGNORECASE)


def insert(file: Path, place: str, text: str) -> None:
    before = file.read_text()
    assert before.count(place) == 1, f"{file}: {place}"
    file.write_text(before.replace(place, place + text))


def measure(service: Path, contexts: int, scale: Scale) -> Figures:
    paths = [f"/{numbered('books', number)}" for number in (1, contexts)]
    probe = [str(PROBE), str(scale.requests), *paths]
    test = numbered("tests/unit/domain/catalog/test_book.py", contexts)
    rounds = []
    for _ in range(scale.rounds):
        figures: Figures = json.loads(run(service, *probe).stdout.splitlines()[-1])
        figures["`just architecture`, s"] = processor_time(service, "-m", "architecture")
        figures["one test file, s"] = processor_time(service, "-m", "pytest", "-q", test)
        rounds.append(figures)
    median = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    shutil.rmtree(service / ".mypy_cache", ignore_errors=True)
    median["mypy without a cache, s"] = processor_time(service, "-m", "mypy")
    median["mypy with a cache, s"] = processor_time(service, "-m", "mypy")
    median["rules that need types, s"] = processor_time(service, "-m", "architecture", "--types")
    return median


def run(service: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(service / ".venv" / "bin" / "python"), *arguments]
    ended = subprocess.run(
        command, cwd=service, env=owners_environment(), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}{ended.stderr}"
    return ended


def processor_time(service: Path, *arguments: str) -> float:
    def used() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    before = used()
    run(service, *arguments)
    return used() - before


def written(measured: dict[int, Figures], scale: Scale) -> str:
    first = measured[scale.contexts[0]]
    heads = [f"{contexts} context{'s'[: contexts > 1]}" for contexts in scale.contexts]
    lines = [
        "# What a service costs as it grows\n",
        f"Processor time, with the ratio to a service with one context in brackets; medians of"
        f" {scale.rounds} round{'s'[: scale.rounds > 1]}, one for mypy. Each context is an aggregate with"
        " six operations, in addition to the service's own users. The requests have no token, so that they"
        " are refused before any statement. Start-up lasts from the settings to the first response."
        " Written by `python -m tests.benchmarks.growth --write`.\n",
        f"| figure | {' | '.join(heads)} | target |",
        f"| --- |{' --- |' * len(heads)} --- |",
    ]
    for name in first:
        figures = (measured[contexts][name] for contexts in scale.contexts)
        cells = [f"{figure:.3g} ({figure / first[name]:.2f})" for figure in figures]
        lines.append(f"| {name} | {' | '.join(cells)} | {TARGETS.get(name, '')} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
