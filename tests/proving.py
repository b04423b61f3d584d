"""A folder in which one random service after another is rendered and passes its own checks.

All of them share the environment, PostgreSQL and the caches of one answer to the question of authentication,
so that only what differs takes time.
"""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from extensions.strata_contexts import names
from tests.conftest import ROOT, owners_environment
from tests.copying import commit, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.drawing.mending import Drawn

TEMPLATE: Final = (
    ".gitattributes",
    ".gitignore",
    "copier.yml",
    "extensions",
    "template",
    "updates",
)
"""What Copier needs of this repository."""
KEPT: Final = (".venv", ".local", ".ruff_cache", "uv.lock")
"""What stays in the folder when the next service comes."""
PATIENCE: Final = 1_800
"""Seconds for one check, on a machine with other load."""
SAME_FOR_ALL: Final = ("dev.proof", "just own-checks", "--merge")
"""Checks of `just check` that say nothing about contexts: those of the rules themselves, and of the owner."""
SUITE: Final = "the suite"
OPENAPI: Final = "uv run --no-sync python -m dev.openapi"
GATE: Final = "uv run --no-sync python -m slipcover --merge .coverage.json --fail-under 100"
LAYERS: Final = ("domain", "application", "infrastructure/persistence", "presentation/routers")
"""Folders that have one for each context, whose lines the tests of the contexts have to run, all of them."""
LAYERS_OF_VALUES: Final = ("domain", "application", "presentation", "schemas")
"""Folders that have a module for each shared value, whose lines the tests have to run, too."""
LEVELS: Final = (
    *("unit/domain", "unit/application", "unit/presentation"),
    *("integration/persistence", "integration/http"),
)
"""Folders of tests that have one for each context, and a module for each shared value."""
OF_ALL_TABLES: Final = ("migrations", "queries", "searched_rows")
OF_ALL_ROUTES: Final = ("openapi", "methods", "odd_input", "garbage", "route_index", "errors")
"""Tests that look at all tables, and at all routes, those of contexts included."""
ODD_ENDS: Final = re.compile(r"\{%(?! raw)|\n\n\n\n|\n\n\Z|[^\n]\Z")
"""What a text has that a template was printed into carelessly. `{% raw %}` is in drawn docs."""


@dataclass
class Proof:
    """What became of a page: what each check that failed has printed, and the processor time of each check."""

    page: Drawn
    authentication: str
    failed: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """What failed, as a text."""
        return "\n".join(f"# {name}\n{output}" for name, output in self.failed.items())

    @property
    def yaml(self) -> str:
        """The page, for another try."""
        page = {"authentication": self.authentication, **self.page}
        return yaml.safe_dump(page, sort_keys=False, allow_unicode=True)


class Ground:
    """Where services with one answer to the question of authentication are proven."""

    def __init__(self, folder: Path, template: Path, authentication: str) -> None:
        self._service = folder / authentication
        self._types = folder / "types"
        self._template = template
        self._authentication = authentication
        self._commands: list[str] = []

    def prove(self, page: Drawn, *, is_whole: bool = True) -> Proof:
        """Render a page and run all checks of its service, or all but tests that are the same everywhere."""
        proof = Proof(page, self._authentication)
        started = processor_time()
        for name, output in self._checks(page, is_whole=is_whole):
            now = processor_time()
            proof.seconds[name] = now - started
            started = now
            if output:
                proof.failed[name] = output
        return proof

    def _checks(self, page: Drawn, *, is_whole: bool) -> Iterator[tuple[str, str]]:
        """Yield each check with what it has found; nothing if it has passed."""
        self._renew(page)
        yield "what is rendered", "\n".join(traces(self._service))
        if not self._commands:
            yield "uv sync", self._failure("uv sync --quiet")
            self._commands = self._steps()
        yield "just openapi", self._failure(OPENAPI)
        commit(self._service, "Write the API document")
        for command in self._commands:
            shown = command
            if name_of(command) == SUITE:
                tests = command if is_whole else self._for_contexts(command, page)
                shown = f"{tests} && {GATE}"
            yield name_of(command), self._failure(shown)

    def _for_contexts(self, command: str, page: Drawn) -> str:
        """Leave out tests that are the same everywhere, and require coverage of the contexts alone."""
        contexts = [context["name"] for context in page["contexts"]]
        sources = [f"src/{layer}/{name}" for layer in LAYERS for name in contexts]
        shared = [names.snake(value) for value in page.get("values", {})]
        sources += [f"src/{layer}/{name}.py" for layer in LAYERS_OF_VALUES for name in shared]
        values = [f"test_{name}.py" for name in shared]
        paths = [
            *(f"tests/{level}/{name}" for level in LEVELS for name in (*contexts, *values)),
            *(f"tests/integration/persistence/test_{name}.py" for name in OF_ALL_TABLES),
            *(f"tests/integration/http/test_{name}.py" for name in OF_ALL_ROUTES),
        ]
        found = " ".join(path for path in paths if (self._service / path).exists())
        every = (file.relative_to(self._service) for file in self._service.glob("src/**/*.py"))
        others = [str(each) for each in every if not any(map(each.is_relative_to, sources))]
        measured = f"slipcover --source src --omit {','.join(others)}"
        return f"{command.replace('slipcover', measured, 1)} {found}"

    def _renew(self, page: Drawn) -> None:
        """Put the service of a page into the folder, and commit it."""
        new = self._service.with_name(f"{self._authentication}-new")
        shutil.rmtree(new, ignore_errors=True)
        render(self._template, new, authentication=self._authentication, **page)
        self._service.mkdir(parents=True, exist_ok=True)
        for old in self._service.iterdir():
            if old.name in KEPT:
                continue
            if old.is_dir():
                shutil.rmtree(old)
            else:
                old.unlink()
        for each in new.iterdir():
            each.rename(self._service / each.name)
        commit(self._service)

    def _steps(self) -> list[str]:
        """Return the commands of `just check`, in order."""
        dry = "uv run --no-sync just --dry-run processes= check"
        printed = self._ended(dry).stdout.splitlines()
        found = [line.lstrip("@") for line in printed if line.lstrip("@").startswith("uv run ")]
        return [
            each.replace("uv run ", "uv run --no-sync ", 1)
            for each in found
            if not any(word in each for word in SAME_FOR_ALL)
        ]

    def _failure(self, command: str) -> str:
        """Run a command in the service; return what it has printed if it failed."""
        ended = self._ended(command)
        return ended.stdout or f"exit code {ended.returncode}" if ended.returncode else ""

    def _ended(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self._service,
            env=owners_environment()
            | {"MYPY_CACHE_DIR": str(self._types), "PYTEST_ADDOPTS": "-q --tb=short"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=PATIENCE,
        )


def copied_template(folder: Path) -> Path:
    """Return a repository with the template as it stands in the working tree."""
    for name in TEMPLATE:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    commit(folder)
    return folder


def processor_time() -> float:
    """Return the processor time of this process and of all child processes that have ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(each.ru_utime + each.ru_stime for each in map(resource.getrusage, kinds))


def name_of(command: str) -> str:
    """Return a short name of a command."""
    if "-m pytest" in command:
        return SUITE
    if "-m fuzz" in command:
        return "the fuzz tests"
    return command.removeprefix("uv run --no-sync ").removeprefix("python -m ").strip()


def traces(service: Path) -> Iterator[str]:
    """Yield the files of a new service that a generator has left its traces in."""
    for file in service.rglob("*"):
        path = file.relative_to(service)
        if file.is_dir() or path.parts[0] in (*KEPT, ".git"):
            continue
        if found := ODD_ENDS.search(file.read_text()):
            yield f"{path}: {found[0]!r}"
        if "{" in str(path) or path.suffix == ".jinja":
            yield f"{path} is called like a source"


def features(page: Drawn) -> Counter[str]:
    """Count what is on a page, by what people call it."""
    found: Counter[str] = Counter()
    every = [each for context in page["contexts"] for each in context["aggregates"]]
    found["contexts"] = len(page["contexts"])
    found["aggregates"] = len(every)
    found["shared values"] = len(page.get("values", {}))
    found["roles"] = len(page.get("roles", []))
    for aggregate in every:
        parts = aggregate.get("parts", {})
        steps = aggregate.get("lifecycle", {}).get("transitions", {})
        reads = aggregate.get("reads", {})
        asked = [field for step in steps.values() for field in step.get("with", {}).values()]
        inner = [field for part in parts.values() for field in part["fields"].values()]
        fields = [*aggregate["fields"].values(), *asked, *inner]
        refs = [each["to"] for each in fields if kind_of(each) == "ref"]
        found["fields"] += len(fields)
        found["lifecycles"] += bool(steps)
        found["transitions"] += len(steps)
        found["parts"] += len(parts)
        found["changes"] += len(aggregate.get("changes", {}))
        found["rules"] += len(aggregate.get("rules", {}))
        found["refs within a context"] += sum("." not in to for to in refs)
        found["refs to another context"] += sum("." in to for to in refs)
        found["values of several fields"] += sum(not kind_of(each).islower() for each in fields)
        found["lists"] += sum(kind_of(each) == "list" for each in fields)
        found["defaults"] += sum(isinstance(each, dict) and "default" in each for each in fields)
        found["filters"] += len(reads.get("filter", []))
        found["sorts"] += len(reads.get("sort", []))
        found["permissions"] += len(aggregate.get("may", {}))
        found["aggregates that may be removed"] += bool(aggregate.get("remove"))
        found["aggregates without owners"] += aggregate.get("owner") == "none"
    return found


def kind_of(spec: Any) -> str:
    return spec if isinstance(spec, str) else str(spec["type"])
