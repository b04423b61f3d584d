"""What the harness says of itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, Service
from tests.reporting import Reporting

NAMES = ("default", "bare")

# A harness of its own, in small.
CONFTEST = """
from pathlib import Path

import pytest
from tests.conftest import Service
from tests.reporting import *  # noqa: F403 - it is a plugin
from tests.noted import rendering
from tests.reporting import Reporting


def pytest_configure(config):
    config.addinivalue_line("markers", "scheduled(reason): left to the scheduled run")
    config.pluginmanager.register(Reporting(config, ["default", "bare"]))


@pytest.fixture(scope="session", params=["default", "bare"])
def service(request, tmp_path_factory):
    with rendering():
        return Service(tmp_path_factory.mktemp(request.param))
"""
TESTS = """
import pytest


def test_its_name_is_said(service):
    service.run("true")


def test_its_tests_pass(service):
    service.run("sh", "-c", "echo broken; exit $CODE", CODE="3" if "bare" in str(service.path) else "0")


@pytest.mark.scheduled("it takes a night")
def test_everything():
    raise AssertionError("is not to run")
"""


@pytest.fixture(scope="module", params=["0", "2"], ids=["in one process", "in two"])
def said(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("harness")
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_small.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = ["uv", "run", "--project", str(ROOT), "pytest", "-p", "no:pytest_copier", "-n"]
    harness = Service(folder)
    return harness.try_to(*command, request.param, PYTHONPATH=str(ROOT)).stdout


def test_each_step_is_named_with_its_variant(said: str) -> None:
    named = re.findall(r"^ *\d+ % (.*)$", said, re.MULTILINE)

    assert set(named) == {
        f"{name}: {step}" for name in NAMES for step in ("its name is said", "its tests pass")
    }


def test_the_seconds_of_each_step_in_each_variant_stand_at_the_end(said: str) -> None:
    table = said[said.index(" seconds ") :].splitlines()

    assert [line.split()[0] for line in table[1:3]] == list(NAMES)
    assert {line.strip().partition("  ")[2] for line in table[3:6]} == {
        *("rendered and installed", "its name is said", "its tests pass"),
    }


def test_a_failure_says_how_to_repeat_it(said: str) -> None:
    (command,) = re.findall(r"^cd (\S+) && CODE=3 sh -c 'echo broken; exit \$CODE'$", said, re.M)

    assert Path(command).is_dir()
    assert (
        "To repeat the test: uv run pytest --numprocesses=0 'test_small.py::test_its_tests_pass[bare]'"
        in said
    )


def test_what_is_left_to_the_scheduled_run_is_named_with_the_reason(said: str) -> None:
    line = "only with --scheduled: test_small.py::test_everything: it takes a night"

    assert said.count(line) == 1


def test_any_number_of_steps_fits_into_the_table(pytestconfig: pytest.Config) -> None:
    reporting = Reporting(pytestconfig, ["default"])
    reporting.seconds.update({("default", f"step {number}"): 1.0 for number in range(40)})

    title, row, *steps = reporting.variants_by_step()

    assert title.split() == ["seconds", *map(str, range(1, 41)), "all"]
    assert row.split() == ["default", *["1.0"] * 40, "40.0"]
    assert steps[-1].split() == ["40", "step", "39"]
