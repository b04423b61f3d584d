"""Whether the duration of a refused login reveals which names exist.

    uv run python -m tests.benchmarks.login_times

It tries a wrong password with existing names and with unknown names, in random order, before and after
the costs of hashing are raised. For each pair it prints the medians and the AUC: how often an attempt with
one kind of name took longer than an attempt with the other. 0.5 is a coin toss; between 0.45 and 0.55,
200 attempts reveal nothing. Run it on a machine without other load.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "template"))

from tests.production import breakable_postgres, migrate, production, render_service

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TRIES = 200
WARM_UP = 20
PASSWORD = "correct horse battery"
WRONG = "a wrong password of letters"
UNCOUNTED = {
    "LOGIN_ATTEMPTS_PER_ACCOUNT": "0",
    "LOGIN_ATTEMPTS_PER_ACCOUNT_AND_CLIENT": "0",
    "LOGIN_ATTEMPTS_PER_CLIENT": "0",
    "LOG_LEVEL": "ERROR",
}
BEFORE = {"ARGON2_MEMORY_KIB": "19456", "ARGON2_TIME_COST": "2"}
AFTER = {"ARGON2_MEMORY_KIB": "32768", "ARGON2_TIME_COST": "3"}


def auc(some: Sequence[float], others: Sequence[float]) -> float:
    """Return the probability that one of `some` is greater than one of the others; a tie counts half."""
    ordered = sorted(others)
    below = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in some)
    return below / 2 / len(some) / len(ordered)


def times_of(url: str, names: Mapping[str, str], tries: int) -> dict[str, list[float]]:
    """Return the milliseconds of each attempt, for each kind of name."""
    times: dict[str, list[float]] = {kind: [] for kind in names}
    order = [*names] * (tries + WARM_UP)
    random.Random(8).shuffle(order)  # noqa: S311 - the same order every time
    with httpx.Client(base_url=url, timeout=60) as client:
        for kind in order:
            form = {"grant_type": "password", "username": names[kind], "password": WRONG}
            start = time.perf_counter()
            answer = client.post("/auth/token", data=form)
            times[kind].append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 401, answer.text
    return {kind: each[-tries:] for kind, each in times.items()}


def register(url: str, name: str) -> None:
    body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    httpx.post(f"{url}/users", json=body, timeout=60).raise_for_status()


def show(when: str, times: Mapping[str, Sequence[float]]) -> None:
    unknown = times["unknown"]
    for kind, each in times.items():
        if kind != "unknown":
            medians = f"{statistics.median(each):.1f} | {statistics.median(unknown):.1f}"
            print(f"| {when} | {kind} | {medians} | {auc(each, unknown):.3f} |", flush=True)


def main() -> None:
    quick = "--quick" in sys.argv
    tries = 3 if quick else TRIES
    with tempfile.TemporaryDirectory() as scratch, breakable_postgres() as postgres:
        service = render_service(Path(scratch) / "service")
        migrate(service, postgres.url)
        log = Path(scratch) / "service.log"
        print("| costs | name | median, ms | of an unknown one | AUC |")
        print("|---|---|---|---|---|")
        with production(service, postgres.url, log, **UNCOUNTED, **BEFORE) as running:
            register(running.url, "early")
            names = {"known": "early", "unknown": "nobody"}
            show("one", times_of(running.url, names, tries))
        with production(service, postgres.url, log, **UNCOUNTED, **AFTER) as running:
            show("raised, all hashes old", times_of(running.url, names, tries))
            register(running.url, "late")
            names = {"known, old hash": "early", "known, new hash": "late", "unknown": "nobody"}
            show("raised, both live", times_of(running.url, names, tries))


if __name__ == "__main__":
    main()
