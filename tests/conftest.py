"""Renders the template, and gives the tests projects that are ready to be worked in.

Everything is rendered once per answers and per run: `render` for tests that only read, `make_service`
for those that need a project with its environment, as its owner has it after the first commit.
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_copier.plugin import CopierFixture
from xdist.scheduler import LoadScopeScheduling

from tests.noted import note_command, rendering
from tests.variants import Answers, all_variants, answers_of, chosen, python

ROOT = Path(__file__).resolve().parents[1]

VARIANTS: dict[str, Answers] = chosen()

pytest_plugins = ["tests.reporting"]

# Its tests run in the service that they are copied into.
collect_ignore = ["second_context"]

Render = Callable[..., Path]


@dataclass(frozen=True)
class Service:
    """A rendered project, committed, with its environment installed."""

    path: Path

    def run(self, *command: str, **environment: str) -> str:
        """Run a command as the owner would, and return what it printed.

        Raises:
            AssertionError: it failed; the message is what it printed.
        """
        ended = self.try_to(*command, **environment)
        assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}"
        return ended.stdout

    def try_to(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command that may fail; errors are part of the output."""
        note_command(self.path, command, environment)
        return subprocess.run(
            command,
            cwd=self.path,
            env=owners_environment() | self._python() | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def _python(self) -> dict[str, str]:
        """Lead uv to the Python that the service asks for, where the path does not."""
        asked = self.path / ".python-version"
        found = python(asked.read_text().strip()) if asked.exists() else None
        return {"UV_PYTHON": found} if found else {}


MakeService = Callable[..., Service]


def owners_environment() -> dict[str, str]:
    """Return the environment of an owner's shell.

    It lacks what this run has set: its virtual environment, its Python, pytest's variables, settings that
    would reach a service, and `PYTHONDONTWRITEBYTECODE`, which some machines set.
    """
    ours = {"VIRTUAL_ENV", "UV_PYTHON", "PYTHONDONTWRITEBYTECODE"}
    settings = {"DATABASE_URL", "TEST_DATABASE_URL", "PORT"}
    return {
        key: value
        for key, value in os.environ.items()
        if key not in ours | settings and not key.startswith(("JWT_", "OIDC_", "PYTEST_"))
    }


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
    """`render(**answers)` is a folder with the rendered project, for reading only."""
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
    """`make_service(**answers)` is the project as it is after its owner's first commit."""
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
    parser.addoption(
        "--write-golden", action="store_true", help="write the lists of rendered files anew"
    )
    parser.addoption(
        "--variant",
        metavar="NAME",
        help="run what is run for each variant, for this one alone, which may be any that the "
        "questions allow; `python -m tests.variants` lists those that are run without this option",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "variant: is run for each variant of the template")
    name = config.getoption("--variant")
    if name and name not in all_variants():
        like = difflib.get_close_matches(name, all_variants(), n=3, cutoff=0)
        raise pytest.UsageError(
            f"no variant is called {name}; did you mean {', or '.join(like)}?\n"
            f"Those that are always run: {', '.join(VARIANTS)}"
        )
    if name and not python(answers_of(all_variants()[name]).get("python_version", "3.11")):
        raise pytest.UsageError(f"this machine does not have the Python that {name} asks for")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what wants a variant for each, or for the one that is asked for."""
    if "variant" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--variant")
        names = [asked] if asked else list(VARIANTS)
        parameters = [pytest.param(name, marks=pytest.mark.variant) for name in names]
        metafunc.parametrize("variant", parameters, ids=names, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--variant"):
        others = [item for item in items if not item.get_closest_marker("variant")]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.get_closest_marker("variant")]


class ByVariant(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist is not typed
    """Keeps what shares a rendered service in one process, so that it is rendered only once.

    Tests of a variant go together, and all others with those of their file. `--dist=loadgroup` would
    do it, but pytest 9.2 does not read the ids that pytest-xdist 3.8 writes for it.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        parameters = name.partition("[")[2].removesuffix("]")
        named = [name for name in all_variants() if f"-{name}-" in f"-{parameters}-"]
        return max(named, key=len, default=file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByVariant:
    return ByVariant(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests have measured on the way, which they hand over by `record_property`."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")
