"""A second context, written by hand, stands on what every service has.

`tests/second_context` holds its files as an owner would write them. Whatever identity kept to itself, or
would have to be copied, would be missed here.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import MakeService, Service

OVERLAY = Path(__file__).parent / "second_context"
SRC = Path("src")
OWN_TABLES = SRC / "infrastructure/persistence/own_tables.py"
ROWS = "\nimport infrastructure.persistence.catalog.models.book\n"
BIND = "    catalog.bind(app, sessions)\n"
CHECKS = ("lint", "types", "architecture", "migrations")


@pytest.fixture(scope="module")
def library(make_service: MakeService) -> Service:
    """A service with a context that is written, and listed but for its tables."""
    service = make_service(project_name="Library")
    shutil.copytree(OVERLAY / "book", service.path, dirs_exist_ok=True)
    wiring = SRC / "presentation/deps/own_contexts.py"
    line = "from infrastructure.config import Settings\n"
    add(service, wiring, line, "from presentation.deps import catalog\n")
    add(service, wiring, 'with `catalog` from `presentation.deps`."""\n', BIND)
    routers = SRC / "presentation/own_routers.py"
    line = "from fastapi import APIRouter\n"
    add(service, routers, line, "\nfrom presentation.routers.catalog import books\n")
    add(service, routers, "OWN_ROUTERS: list[APIRouter] = [", "books.router")
    return service


def add(service: Service, file: Path, place: str, text: str) -> None:
    path = service.path / file
    before = path.read_text()
    assert before.count(place) == 1, f"{file}: {place}"
    path.write_text(before.replace(place, place + text))


def test_no_migration_is_written_while_a_table_is_not_listed(library: Service) -> None:
    migrations = sorted(library.path.glob("migrations/versions/*.py"))

    ended = library.try_to("uv", "run", "just", "revision", "add books")

    assert ended.returncode != 0
    assert f"src/infrastructure/persistence/own_tables.py\n  {ROWS.strip()}\n" in ended.stdout
    assert sorted(library.path.glob("migrations/versions/*.py")) == migrations


def test_a_second_context_passes_the_checks_of_the_service(library: Service) -> None:
    add(library, OWN_TABLES, 'models.book`\n"""\n', ROWS)
    library.run("uv", "run", "just", "revision", "add books")
    library.run("uv", "run", "just", "openapi")

    for check in CHECKS:
        library.run("uv", "run", "just", check)
    tests = [str(path.relative_to(OVERLAY / "book")) for path in OVERLAY.rglob("test_*.py")]
    migrations = "tests/integration/persistence/test_migrations.py"
    library.run("uv", "run", "pytest", "-q", "-m", "not fuzz", migrations, *tests)


def test_what_was_there_is_left_alone_but_for_the_lists_of_the_owner(library: Service) -> None:
    """After the test before: what a context adds, and which files it had to edit."""
    changed = library.run("git", "diff", "--name-only").splitlines()

    assert set(changed) == {
        "openapi.json",
        "src/infrastructure/persistence/head.py",
        "src/infrastructure/persistence/own_tables.py",
        "src/presentation/deps/own_contexts.py",
        "src/presentation/own_routers.py",
    }


@pytest.mark.scheduled("its other tests are those of every service, which run for variants")
def test_a_service_with_a_second_context_passes_all_its_tests(library: Service) -> None:
    """After the test before."""
    library.run("uv", "run", "just", "processes=", "test")
