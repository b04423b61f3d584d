"""Fixtures that render the template.

A project is rendered once for the same answers in each test process. `render` is for tests that only read
files; `make_service` also installs the environment and makes the first commit.
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pytest_copier.plugin import CopierFixture
from xdist.scheduler import LoadScopeScheduling

from tests.noted import note_command, rendering
from tests.variants import (
    Answers,
    all_variants,
    answers_of,
    chosen,
    chosen_for_all_checks,
    python,
)

ROOT = Path(__file__).resolve().parents[1]

VARIANTS: dict[str, Answers] = chosen()
SCHEDULED = pytest.mark.scheduled("each of its options is tested in another variant")

# Services have most libraries and files in common. mypy compares contents, so one cache serves all.
TYPES = TemporaryDirectory(prefix="types-of-services-")
SHARED = {"MYPY_CACHE_DIR": TYPES.name}

pytest_plugins = ["tests.reporting"]

# These tests are copied into a service and run there.
collect_ignore = ["second_context"]

Render = Callable[..., Path]


@dataclass(frozen=True)
class Service:
    """A rendered project with an installed environment and a first commit."""

    path: Path

    def run(self, *command: str, **environment: str) -> str:
        """Run a command as the owner would, and return its output.

        Raises:
            AssertionError: the command failed; the message contains its output.
        """
        ended = self.try_to(*command, **environment)
        assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}"
        return ended.stdout

    def try_to(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command that may fail; `stdout` includes its error output."""
        note_command(self.path, command, environment)
        return subprocess.run(
            command,
            cwd=self.path,
            env=owners_environment() | SHARED | self._python() | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def _python(self) -> dict[str, str]:
        """Make uv use the installed Python of the version that the service requires."""
        asked = self.path / ".python-version"
        found = python(asked.read_text().strip()) if asked.exists() else None
        return {"UV_PYTHON": found} if found else {}


MakeService = Callable[..., Service]


def owners_environment() -> dict[str, str]:
    """Return the environment of an owner's shell.

    Variables of this test run are removed: the virtual environment, the Python, pytest's variables,
    settings that a service would read, and `PYTHONDONTWRITEBYTECODE`, which some machines set.
    """
    ours = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "PYTHONDONTWRITEBYTECODE"}
    settings = {"DATABASE_URL", "TEST_DATABASE_URL", "PORT"}
    return {
        key: value
        for key, value in os.environ.items()
        if key not in ours | settings and not key.startswith(("JWT_", "OIDC_", "PYTEST_"))
    }


def require_style(folder: Path) -> None:
    """Require that ruff would neither format nor refuse any file in a folder.

    Raises:
        AssertionError: it would; the message is its output.
    """
    for command in (["format", "--diff"], ["check"]):
        ended = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache"],
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def copier_template_paths() -> list[str]:
    return [".gitattributes", ".gitignore", "copier.yml", "extensions", "template", "updates"]


@pytest.fixture(scope="session")
def render(
    copier_template: Path,
    sessionpatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Render:
    """`render(**answers)` returns the folder of the rendered project, which tests must not change."""
    template = CopierFixture(template=copier_template, defaults={}, monkeypatch=sessionpatch)
    rendered: dict[str, Path] = {}

    def make(**answers: Any) -> Path:
        key = json.dumps(answers, sort_keys=True)
        if key not in rendered:
            folder = tmp_path_factory.mktemp("render") / "service"
            rendered[key] = template.copy(folder, **answers).path
        return rendered[key]

    return make


@pytest.fixture(scope="session")
def make_service(render: Render, tmp_path_factory: pytest.TempPathFactory) -> MakeService:
    """`make_service(**answers)` returns the project after its owner's first commit."""
    made: dict[str, Service] = {}

    def make(**answers: Any) -> Service:
        key = json.dumps(answers, sort_keys=True)
        if key not in made:
            with rendering():
                folder = tmp_path_factory.mktemp("service") / "service"
                shutil.copytree(render(**answers), folder)
                made[key] = service = Service(folder)
                service.run("uv", "sync", "--quiet")
                service.run("git", "init", "--quiet")
                service.run("git", "add", "--all")
                service.run("git", "commit", "--quiet", "--message", "Start the service")
        return made[key]

    return make


@pytest.fixture(scope="session")
def variant(request: pytest.FixtureRequest) -> Answers:
    """The answers of each variant in turn."""
    return answers_of(all_variants()[request.param])


@pytest.fixture(scope="session")
def service(variant: Answers, make_service: MakeService) -> Service:
    """The project of each variant in turn."""
    return make_service(**variant)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="update the golden files")
    parser.addoption(
        "--variant",
        metavar="NAME",
        help="only run the tests of this variant, which may be any possible one; "
        "`python -m tests.variants` lists the variants that run without this option",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "variant: runs for each variant of the template")
    config.addinivalue_line(
        "markers", "slow: runs by default for the fewest variants with each option in the code"
    )
    name = config.getoption("--variant")
    if name and name not in all_variants():
        like = difflib.get_close_matches(name, all_variants(), n=3, cutoff=0)
        raise pytest.UsageError(
            f"no variant is called {name}; did you mean {', or '.join(like)}?\n"
            f"The variants that run by default: {', '.join(VARIANTS)}"
        )
    if name and not python(answers_of(all_variants()[name]).get("python_version", "3.11")):
        raise pytest.UsageError(f"the Python version of {name} is not installed on this machine")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize tests of variants with all tested variants, or with that of `--variant`."""
    if "variant" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--variant")
        names = [asked] if asked else list(VARIANTS)
        slow = metafunc.definition.get_closest_marker("slow")
        scheduled = set(names) - {asked, *chosen_for_all_checks()} if slow else set()
        parameters = [
            pytest.param(name, marks=[pytest.mark.variant, *[SCHEDULED] * (name in scheduled)])
            for name in names
        ]
        metafunc.parametrize("variant", parameters, ids=names, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    from tests.reporting import step_of  # a plugin, which pytest loads after this module

    items.sort(key=lambda item: turn(step_of(item.nodeid, all_variants())[0]))
    if config.getoption("--variant"):
        others = [item for item in items if not item.get_closest_marker("variant")]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.get_closest_marker("variant")]


LONGEST = (
    *("services", "updates", "update_requests", "growing", "contexts", "running", "faults"),
    *("updates_by_just", "refusals", "timeline", "structure", "answers", "updates_answers"),
)
"""The files that take longest, the longest first."""


class ByVariant(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist is not typed
    """Runs the tests of a variant in the same process, so that its service is rendered only once.

    Other tests are grouped by file. What takes longest starts first, so that all processes end together.
    `--dist=loadgroup` could do this, but pytest 9.2 does not understand the test ids that pytest-xdist 3.8
    generates for it.
    """

    def _split_scope(self, nodeid: str) -> str:
        from tests.reporting import step_of  # a plugin, which pytest loads after this module

        return step_of(nodeid, all_variants())[0]


def turn(scope: str) -> int:
    """Return when the tests of a file or a variant start: the longest files, variants, other files."""
    name = Path(scope).stem.removeprefix("test_")
    if name in LONGEST:
        return LONGEST.index(name)
    return len(LONGEST) + (scope not in all_variants())


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByVariant:
    config.option.loadscopereorder = False  # which would start with the most tests
    return ByVariant(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the measurements that tests have passed to `record_property`."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")
