"""The cost of `just check`, step by step: `uv run python -m tests.benchmarks.checks`.

The steps are the commands that `just --dry-run check` prints for a new service. Each one is run once to
fill its caches, and then three times. The table shows medians: elapsed seconds, seconds of processor time
on all cores, and the target in elapsed seconds for a machine with two cores. On a shared machine, the
processor time is the more reliable figure.

`--quick` runs the steps without tests once, to check that the benchmark works.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT, owners_environment

TARGETS = {"the suite": 10.0, "fuzz": 6.0, "just check": 25.0}


@dataclass(frozen=True)
class Cost:
    seconds: float
    processor: float


def main() -> None:
    quick = "--quick" in sys.argv
    rounds = 1 if quick else 3
    with tempfile.TemporaryDirectory() as scratch:
        service = Path(scratch) / "service"
        born(service)
        steps = {name_of(command): command for command in commands(service)}
        if quick:
            steps = {name: step for name, step in steps.items() if not runs_tests(step)}
        else:
            steps["proof, if the rules have changed"] = "uv run just proof --again"
            steps["just check"] = "uv run just check"
        print("| step | seconds | processor seconds | target |\n|---|---|---|---|")
        for name, command in steps.items():
            cost = median(command, service, rounds)
            aim = f"{TARGETS[name]:.0f}" if name in TARGETS else ""
            print(f"| {name} | {cost.seconds:.1f} | {cost.processor:.1f} | {aim} |", flush=True)


def born(service: Path, *options: str) -> None:
    """Render a service, install it and make the first commit."""
    copy = ["copier", "copy", "--quiet", "--trust", "--defaults", "--vcs-ref=HEAD"]
    run([*copy, *options, str(ROOT), str(service)], ROOT)
    run(["uv", "sync", "--quiet"], service)
    for words in (["init"], ["add", "--all"], ["commit", "--message", "Start the service"]):
        run(["git", *words], service)


def commands(service: Path) -> list[str]:
    """Return the commands of `just check`, in order."""
    just = ["uv", "run", "just", "--dry-run", "check"]
    printed = run(just, service).stderr.splitlines()
    return [line.lstrip("@") for line in printed if line.lstrip("@").startswith("uv run ")]


def name_of(command: str) -> str:
    """Return a short name of a command: its part after `uv run`."""
    if "-m pytest" in command:
        return "the suite"
    if "--merge" in command:
        return "the coverage gate"
    if "-m fuzz" in command:
        return "fuzz"
    return command.removeprefix("uv run ").removeprefix("python -m ").strip()


def runs_tests(command: str) -> bool:
    return any(word in command for word in ("pytest", "slipcover", "dev.proof"))


def median(command: str, service: Path, rounds: int) -> Cost:
    """Return the medians of some rounds, after a warm-up round."""
    timed(command, service)
    costs = [timed(command, service) for _ in range(rounds)]
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.processor for cost in costs),
    )


def timed(command: str, service: Path) -> Cost:
    started, before = time.perf_counter(), processor_time()
    run(["bash", "-c", command], service)
    return Cost(time.perf_counter() - started, processor_time() - before)


def processor_time() -> float:
    """Return the processor time of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(
        command, cwd=folder, env=owners_environment(), capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{ended.stdout}{ended.stderr}")
    return ended


if __name__ == "__main__":
    main()
