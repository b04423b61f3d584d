"""A second context is written into a service by adding files, and a line to each list of contexts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import MakeService, Service

FILES = Path(__file__).parent / "second_context" / "book"

# What stands in a list of the service, and what goes after it.
LINES = {
    "src/infrastructure/persistence/metadata.py": {
        '"""\n\n': "import infrastructure.persistence.catalog.models.book\n",
    },
    "src/presentation/routers/__init__.py": {
        "from presentation.routers import health\n": (
            "from presentation.routers.catalog import books\n"
        ),
        "    health.router,\n": "    books.router,\n",
    },
    "src/presentation/deps/__init__.py": {
        "from presentation.deps import ": "catalog, ",
        "    identity.bind(app, sessions)\n": "    catalog.bind(app, sessions)\n",
    },
}


@pytest.fixture(scope="module")
def service(make_service: MakeService) -> Service:
    """The service with the context in it, its migration and its contract."""
    service = make_service(author="Those who sell books")
    shutil.copytree(FILES, service.path, dirs_exist_ok=True)
    for name, lines in LINES.items():
        listing = service.path / name
        text = listing.read_text()
        for before, line in lines.items():
            assert text.count(before) == 1, f"{name} has no line to go after: {before!r}"
            text = text.replace(before, before + line)
        listing.write_text(text)
    service.run("uv", "run", "just", "revision", "add books")
    service.run("uv", "run", "just", "openapi")
    return service


def test_nothing_but_the_lists_is_changed(service: Service) -> None:
    changed = service.run("git", "diff", "--name-only").splitlines()

    written = {"openapi.json", "src/infrastructure/persistence/head.py"}
    assert set(changed) == {*LINES, *written}


@pytest.mark.parametrize("recipe", ["lint", "types", "architecture", "migrations"])
def test_the_service_passes_its_own_checks(service: Service, recipe: str) -> None:
    service.run("uv", "run", "just", recipe)


def test_the_context_passes_its_tests_on_every_level(service: Service) -> None:
    folders = [
        "tests/unit/domain/catalog",
        "tests/unit/application/catalog",
        "tests/unit/schemas",
        "tests/integration/persistence/catalog",
        "tests/integration/persistence/test_pg_catalog.py",
        "tests/integration/http/catalog",
        "tests/integration/http/test_openapi.py",
        "tests/integration/http/test_odd_input.py",
        "tests/integration/http/test_fuzz.py",
    ]
    service.run("uv", "run", "pytest", "--quiet", *folders)
