"""Every variant is proven as its owner would prove it: by its own checks."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT, Service

if TYPE_CHECKING:
    from tests.conftest import MakeService

README_COMMAND = re.search(
    r"^pip install uv && (uvx .*) && uv run just dev$", (ROOT / "README.md").read_text(), re.M
)

IDENTITY_LEFTOVERS = (
    "identity",
    "argon",
    "jwt",
    "oauth",
    "multipart",
    "hasher",
    "user_repo",
    "create_admin",
    "access_token",
)


def test_it_is_formatted_already(service: Service) -> None:
    service.run("uv", "run", "ruff", "format", "--check")


def test_its_style_has_no_fault(service: Service) -> None:
    service.run("uv", "run", "ruff", "check")


def test_its_types_are_right(service: Service) -> None:
    service.run("uv", "run", "mypy")


def test_its_layers_keep_their_rules(service: Service) -> None:
    service.run("uv", "run", "just", "architecture")


def test_its_tables_are_what_its_migrations_make(service: Service) -> None:
    service.run("uv", "run", "just", "migrate")

    assert "No new upgrade operations" in service.run(
        "uv", "run", "python", "-m", "dev.run", "alembic", "check"
    )


def test_its_own_tests_pass_with_full_coverage(service: Service) -> None:
    output = service.run("uv", "run", "just", "test")

    assert " passed" in output
    assert "skipped in" not in output
    assert "100%" in output


def test_its_checks_leave_nothing_behind_that_git_would_see(service: Service) -> None:
    service.run("uv", "run", "just", "lint")

    assert service.run("git", "status", "--porcelain") == ""


def test_its_environment_is_what_its_lock_file_says(service: Service) -> None:
    service.run("uv", "sync", "--locked")


def test_without_identity_no_trace_of_it_is_left(make_service: MakeService) -> None:
    service = make_service(authentication="none")
    tracked = map(Path, service.run("git", "ls-files").splitlines())
    # The answers name the question, and the rules are the same in every service.
    excepted = {".copier-answers.yml", "architecture"}

    mentions = {
        f"{name}: {word}"
        for name in tracked
        if not excepted & set(name.parts)
        for word in IDENTITY_LEFTOVERS
        if word in f"{name}\n{(service.path / name).read_text()}".lower()
    }

    assert mentions == set()


def test_a_migration_that_a_machine_wrote_passes_the_checks(make_service: MakeService) -> None:
    service = make_service()
    models = service.path / "src/infrastructure/persistence/identity/models/user.py"
    before = models.read_text()
    models.write_text(
        before.replace("version: Mapped[int]", "version: Mapped[int]\n    age: Mapped[int | None]")
    )

    try:
        service.run("uv", "run", "just", "revision", "add the age; of $(whoami)")
        (written,) = (service.path / "migrations/versions").glob("*_add_the_age*.py")
        assert 'op.add_column("users", sa.Column("age"' in written.read_text()
        service.run("uv", "run", "just", "lint")
        written.unlink()
    finally:
        models.write_text(before)


@pytest.mark.parametrize("source", ['"$PWD"', "."], ids=["as it stands", "by a relative path"])
def test_what_the_first_command_of_the_readme_makes_can_be_updated(
    copier_template: Path, tmp_path: Path, source: str
) -> None:
    assert README_COMMAND, "the README has another first command"
    clone = Service(tmp_path / "clone")
    shutil.copytree(copier_template, clone.path)
    clone.run("bash", "-c", README_COMMAND[1].replace('"$PWD"', source))
    service = Service(tmp_path / "my-service")
    service.run("bash", "-c", "uv lock && git init && git add . && git commit -m 'Start'")

    service.run("uv", "run", "just", "update")

    assert service.run("git", "status", "--porcelain") == ""
