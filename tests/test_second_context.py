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
METADATA = SRC / "infrastructure/persistence/metadata.py"
ROWS = "import infrastructure.persistence.catalog.models.book\n"
CHECKS = ("lint", "types", "architecture", "migrations")


@pytest.fixture(scope="module")
def library(make_service: MakeService) -> Service:
    """A service with a context that is written, and listed but for its tables."""
    service = make_service(project_name="Library")
    shutil.copytree(OVERLAY / "book", service.path, dirs_exist_ok=True)
    deps = SRC / "presentation/deps/__init__.py"
    add(service, deps, "from presentation.deps import ", "catalog, ", after=True)
    add(service, deps, "    identity.bind(app, sessions)\n", "    catalog.bind(app, sessions)\n")
    routers = SRC / "presentation/routers/__init__.py"
    line = "from presentation.routers.identity import"
    add(service, routers, line, "from presentation.routers.catalog import books\n")
    add(service, routers, "    users.router,\n", "    books.router,\n")
    return service


def add(service: Service, file: Path, place: str, text: str, *, after: bool = False) -> None:
    path = service.path / file
    before = path.read_text()
    assert before.count(place) == 1, f"{file}: {place}"
    path.write_text(before.replace(place, place + text if after else text + place))


def test_no_migration_is_written_while_a_table_is_not_listed(library: Service) -> None:
    migrations = sorted(library.path.glob("migrations/versions/*.py"))

    ended = library.try_to("uv", "run", "just", "revision", "add books")

    assert ended.returncode != 0
    assert "src/infrastructure/persistence/metadata.py\n  import infrastructure" in ended.stdout
    assert ROWS in ended.stdout
    assert sorted(library.path.glob("migrations/versions/*.py")) == migrations


def test_a_second_context_passes_the_checks_of_the_service(library: Service) -> None:
    place = "import infrastructure.persistence.identity.models.login_attempts\n"
    add(library, METADATA, place, ROWS)
    library.run("uv", "run", "just", "revision", "add books")
    library.run("uv", "run", "just", "openapi")

    for check in CHECKS:
        library.run("uv", "run", "just", check)
    library.run("uv", "run", "just", "processes=", "test")


def test_what_was_there_is_left_alone_but_for_the_lists(library: Service) -> None:
    """After the test before: what a context adds, and which files it had to edit."""
    changed = library.run("git", "diff", "--name-only").splitlines()

    assert set(changed) == {
        "openapi.json",
        "src/infrastructure/persistence/head.py",
        "src/infrastructure/persistence/metadata.py",
        "src/presentation/deps/__init__.py",
        "src/presentation/routers/__init__.py",
    }
