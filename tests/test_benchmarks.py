"""The benchmarks still run; people have to judge their figures."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT


def test_the_service_is_compared_with_its_rivals() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.throughput", "--quick"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = [line for line in ended.stdout.splitlines() if line.startswith("| read one by id |")]
    compared = [row.split(" | ")[1] for row in rows if len(row.split(" | ")) > 7]
    assert compared == ["rendered", "simplified", "simplified, same gc", "bare"]
    assert "## Observed" in ended.stdout


@pytest.mark.scheduled("other benchmarks measure a service that is served in every run")
def test_the_times_of_refused_logins_are_compared() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.login_times", "--quick"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = [line for line in ended.stdout.splitlines() if "known" in line and line[-3].isdigit()]
    assert len(rows) == 4


@pytest.mark.scheduled("other benchmarks measure a service that is served in every run")
def test_what_verifying_a_token_costs_is_set_beside_the_services_own() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.tokens", "--quick"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = [line.split(" | ")[0] for line in ended.stdout.splitlines() if "(`external`)" in line]
    assert rows == [f"| {name} (`external`)" for name in ("RS256", "PS256", "ES256", "EdDSA")]


@pytest.mark.scheduled("all checks of a service run, as they do in other tests")
def test_the_steps_of_a_services_checks_are_timed() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.checks", "--quick"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = [line.split(" | ")[0] for line in ended.stdout.splitlines()[2:]]
    steps = ("ruff format --check", "ruff check", "mypy", "architecture", "dev.migrations")
    assert {f"| {step}" for step in steps} <= set(rows)


@pytest.mark.scheduled("two services are rendered and installed")
def test_a_grown_service_is_compared_with_one_that_has_one_context() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.growth", "--quick"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    [row] = [line for line in ended.stdout.splitlines() if "request to the last route" in line]
    assert "(1.00)" in row
    assert row.endswith("| 1.3 times |")


@pytest.mark.scheduled("services are updated as in other tests")
def test_a_fleet_is_updated_without_a_loss() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.fleet", "--quick"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    [row] = [line for line in ended.stdout.splitlines() if line.startswith("| all | 3 |")]
    assert row.split(" | ")[5:11] == ["0"] * 6
    assert "## 1,000 services" in ended.stdout


@pytest.mark.scheduled("four services are rendered and two of them run")
def test_what_contexts_cost_is_measured() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.contexts", "--quick"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    sections = [line for line in ended.stdout.splitlines() if line.startswith("## ")]
    assert sections == [
        *("## Rendering", "## Checks", "## Start-up, memory and requests", "## Reading", "## Lines")
    ]
