"""Every variant is proven as its owner would prove it: by its own checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import MakeService, Service

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
    service = make_service(include_identity=False)
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
