"""The time that it takes to create a service: `uv run python -m tests.benchmarks.birth [--harness]`.

Prints a table of medians in seconds, with the targets for a machine with two cores. A warm-up round fills
uv's cache. `--harness` adds the whole test suite of this repository, which takes minutes. `checks`
measures the service's own checks.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.conftest import ROOT, owners_environment

ROUNDS = 5
ADA = {"username": "ada", "email": "ada@example.org", "password": "correct horse battery"}


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        service = Path(scratch) / "service"
        rows = [
            ("copier copy, whole command", 3.5, median(lambda: copy(service))),
            ("from `just dev` to the first 201", 8.0, median(lambda: first_user(service))),
            ("all architecture rules", 1.5, median(lambda: rules(service))),
            ("all architecture rules and ruff", 1.5, median(lambda: rules_and_style(service))),
        ]
        files = [file for file in fresh(service).rglob("*") if file.is_file()]
    if "--harness" in sys.argv:
        rows.append(("the whole harness", 240.0, timed(["uv", "run", "pytest", "-q"], ROOT)))
    print("| figure | target | measured |\n|---|---|---|")
    for name, target, seconds in rows:
        print(f"| {name} | at most {target:.1f} s | {seconds:.1f} s |")
    ours = sum("architecture" not in file.parts for file in files)
    print(f"| files of the default service | at most 110 | {len(files)} |")
    print(f"| files without the architecture rules and their tests | | {ours} |")


def median(measure: Callable[[], float]) -> float:
    """Return the median of some rounds, after a warm-up round."""
    measure()
    return statistics.median(measure() for _ in range(ROUNDS))


def timed(command: list[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(
        command, cwd=folder, env=owners_environment(), check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - started


def copy(service: Path) -> float:
    shutil.rmtree(service, ignore_errors=True)
    command = ["copier", "copy", "--quiet", "--trust", "--defaults", "--vcs-ref=HEAD"]
    return timed([*command, str(ROOT), str(service)], ROOT)


def fresh(service: Path) -> Path:
    """Render the service again, without an environment, a database or tool caches."""
    copy(service)
    return service


def first_user(service: Path) -> float:
    fresh(service)
    started = time.perf_counter()
    log = service / "dev.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["uv", "run", "just", "dev"],
            cwd=service,
            env=owners_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while process.poll() is None:
            if (printed := re.search(r"API +(http://\S+)", log.read_text())) and _created(
                printed[1]
            ):
                return time.perf_counter() - started
            time.sleep(0.02)
        sys.exit(log.read_text())
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait()


def _created(url: str) -> bool:
    try:
        return httpx.post(f"{url}/users", json=ADA).status_code == httpx.codes.CREATED
    except httpx.TransportError:
        return False


def rules(service: Path) -> float:
    return timed([".venv/bin/python", "-m", "architecture"], service)


def rules_and_style(service: Path) -> float:
    style = [["check"], ["format", "--check"]]
    return rules(service) + sum(timed([".venv/bin/ruff", *words], service) for words in style)


if __name__ == "__main__":
    main()
