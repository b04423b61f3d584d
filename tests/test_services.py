"""Every variant passes its own checks, as its owner would run them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT, Service, require_style

if TYPE_CHECKING:
    from tests.conftest import MakeService, Render
    from tests.variants import Answers

README_COMMAND = re.search(
    r"^pip install uv && (uvx .*); uv run just dev\)$", (ROOT / "README.md").read_text(), re.M
)

AGE = '''\
"""Add the age; of $(whoami)."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    op.add_column("users", sa.Column("age", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "age")
'''


HALF_TESTED = """\
def sign(number: int) -> str:
    word = "at least nought"
    if number < 0:
        word = "negative"
    return word
"""


def test_it_is_formatted_already_and_its_style_has_no_fault(
    variant: Answers, render: Render
) -> None:
    require_style(render(**variant))


@pytest.mark.slow
def test_its_types_are_right(service: Service) -> None:
    service.run("uv", "run", "mypy")


@pytest.mark.slow
def test_its_layers_keep_their_rules(service: Service) -> None:
    service.run("uv", "run", "just", "types")
    service.run("uv", "run", "just", "architecture")
    service.run("uv", "run", "just", "migrations")


@pytest.mark.slow
def test_its_tables_are_what_its_migrations_make(service: Service) -> None:
    service.run("uv", "run", "just", "migrate")

    assert "No new upgrade operations" in service.run(
        "uv", "run", "python", "-m", "dev.run", "alembic", "check"
    )


@pytest.mark.slow
def test_its_own_tests_pass_with_full_coverage(service: Service) -> None:
    # In one process: the harness has one for each core already.
    output = service.run("uv", "run", "just", "processes=", "test")

    assert " passed" in output
    assert "skipped in" not in output
    assert re.search(r"^\(summary\) .* 0 +100 +100$", output, re.MULTILINE)


@pytest.mark.slow
def test_its_checks_leave_nothing_behind_that_git_would_see(service: Service) -> None:
    service.run("uv", "run", "just", "lint")

    assert service.run("git", "status", "--porcelain") == ""


@pytest.mark.slow
def test_its_environment_is_what_its_lock_file_says(service: Service) -> None:
    service.run("uv", "sync", "--locked")


def test_a_migration_that_a_machine_wrote_passes_the_checks(make_service: MakeService) -> None:
    service = make_service()
    models = service.path / "src/infrastructure/persistence/identity/models/user.py"
    head_file = service.path / "src/infrastructure/persistence/head.py"
    written = service.path / "migrations/versions/0005_add_the_age_of_whoami.py"
    before, head = models.read_text(), head_file.read_text()
    models.write_text(
        before.replace(
            "    version: Mapped[int]", "    age: Mapped[int | None]\n    version: Mapped[int]"
        )
    )

    try:
        service.run("uv", "run", "just", "revision", "add the age; of $(whoami)")
        assert written.read_text() == AGE
        assert 'HEAD = "0005_add_the_age_of_whoami"' in head_file.read_text()
        service.run("uv", "run", "just", "lint", "types")
    finally:
        written.unlink(missing_ok=True)
        models.write_text(before)
        head_file.write_text(head)


def test_its_own_tests_name_roles_that_would_surprise_its_owner(make_service: MakeService) -> None:
    service = make_service()
    own_roles = service.path / "src/application/identity/own_roles.py"
    permissions = service.path / "src/application/identity/permissions/shelf.py"
    before, import_line = own_roles.read_text(), "from application.permissions import Permission\n"
    permissions.write_text(f'{import_line}\nTIDY = Permission("", frozenset({{"clark"}}))\n')
    own_roles.write_text(before.replace("= frozenset()", '= frozenset({"admin", "clerk"})'))

    try:
        ended = service.try_to(
            *("uv", "run", "pytest", "-q", "tests/unit/application/identity/test_roles.py")
        )
    finally:
        permissions.unlink()
        own_roles.write_text(before)

    assert "2 failed" in ended.stdout
    assert "remove it from own_roles.py" in ended.stdout
    assert "permissions.shelf.TIDY': frozenset({'clark'})" in ended.stdout


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('"$PWD"', id="as it stands"),
        pytest.param(
            ".",
            id="by a relative path",
            marks=pytest.mark.scheduled("only the path differs from the other case"),
        ),
    ],
)
def test_what_the_first_command_of_the_readme_makes_can_be_updated(
    copier_template: Path, tmp_path: Path, source: str
) -> None:
    assert README_COMMAND, "the README has another first command"
    clone = Service(tmp_path / "clone")
    shutil.copytree(copier_template, clone.path)
    printed = clone.run("bash", "-c", README_COMMAND[1].replace('"$PWD"', source) + ")")
    service = Service(tmp_path / "my-service")

    service.run("uv", "run", "just", "update")

    assert service.run("git", "status", "--porcelain") == ""
    assert service.run("git", "log", "--format=%s") == "Start the service\n"
    for line in printed.partition("\n    cd ")[2].splitlines()[1:3]:
        assert line.strip() in README_COMMAND[0], "Copier's message says something else"


def test_a_misspelt_module_of_its_own_is_called_missing(make_service: MakeService) -> None:
    service = make_service()
    layers = ("application", "domain", "infrastructure", "presentation", "schemas")
    careless = service.path / "tests" / "careless.py"
    careless.write_text("".join(f"import {layer}.usr\n" for layer in layers))

    try:
        said = service.try_to("uv", "run", "mypy").stdout
    finally:
        careless.unlink()

    for layer in layers:
        assert f'library stub for module named "{layer}.usr"' in said
    assert "py.typed" not in said


HOSTILE = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "SSL_CERT_FILE": "/nowhere",
    "PGHOST": "db.example.org",
    "PGSSLMODE": "require",
    "PGTARGETSESSIONATTRS": "standby",
    "PGOPTIONS": "-c nonsense=1",
    "PGSERVICE": "nonsense",
    "OTEL_SDK_DISABLED": "true",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "OTEL_TRACES_SAMPLER": "always_off",
    "LOG_LEVEL": "ERROR",
    "MAX_BODY_BYTES": "1",
    "API_DOCS": "false",
    "DATABASE_STATEMENT_TIMEOUT": "0.001",
    "JWT_AUDIENCE": "somebody-else",
    "ALEMBIC_CONFIG": "/nowhere.ini",
    "PYTHONSAFEPATH": "1",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "C",
}


@pytest.mark.scheduled("that it reaches no local tool is tested in every run")
def test_what_the_shell_has_set_for_other_programs_changes_no_test(
    make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service()
    foreign = tmp_path / "domain"
    foreign.mkdir()
    (foreign / "__init__.py").write_text("raise RuntimeError('somebody else')")
    # Downloads and installations are not tested here.
    command = ["uv", "run", "--offline", "--no-sync", "pytest", "-q", "-m", "not fuzz"]

    said = service.run(*command, "tests/integration", **HOSTILE, PYTHONPATH=str(tmp_path))

    assert " passed" in said


def test_what_the_shell_has_set_for_other_programs_reaches_no_local_tool(
    make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service()
    (tmp_path / "dev.py").write_text("raise RuntimeError('somebody else')")
    settings = {"LOG_LEVEL", "MAX_BODY_BYTES", "API_DOCS", "JWT_AUDIENCE"}  # of the service
    hostile = {name: value for name, value in HOSTILE.items() if name not in settings}

    for recipe in (["migrate"], ["architecture"], ["types"]):
        service.run("uv", "run", "just", *recipe, **hostile, PYTHONPATH=str(tmp_path))


def test_the_rules_are_proven_once(make_service: MakeService) -> None:
    service = make_service()

    said = service.run("uv", "run", "just", "proof")
    again = service.run("uv", "run", "just", "proof")

    assert re.search(r"\d+ passed", said)
    assert again == "Nothing has changed since the tests of the rules passed.\n"


def test_what_an_owner_checks_at_once_are_the_checks_of_every_variant_and_the_proof(
    make_service: MakeService,
) -> None:
    service = make_service()

    said = service.run("uv", "run", "just", "--dry-run", "check")

    for check in ("lint", "types", "architecture", "migrations", "test", "proof", "own-checks"):
        commands = service.run("uv", "run", "just", "--dry-run", check)
        assert commands in said, check
    assert "-n auto" in said


@pytest.mark.scheduled("its parts run in other tests")
def test_all_that_an_owner_checks_at_once_passes(make_service: MakeService) -> None:
    service = make_service()

    said = service.run("uv", "run", "just", "check")

    assert len(re.findall(r"\d+ passed", said)) >= 2  # the suite, and what is fuzzed
    assert service.run("git", "status", "--porcelain") == ""


def test_a_rule_that_has_changed_is_proven_again(make_service: MakeService) -> None:
    service = make_service()
    rule = service.path / "architecture/rules/no-cats.yml"
    rule.write_text(
        "id: no-cats\noffence: A cat.\nwhy: It scratches.\ninstead: Take a dog.\n"
        "syntax: [{files: [src/**/*.py], rule: {pattern: cat()}}]\n"
    )

    try:
        ended = service.try_to(
            *("uv", "run", "just", "proof"), PYTEST_ADDOPTS="-k every_rule_has_offences"
        )
    finally:
        rule.unlink()

    assert ended.returncode != 0
    assert "no-cats" in ended.stdout


@pytest.mark.scheduled(
    "the proof for users of its own runs always, and each variant keeps the rules"
)
@pytest.mark.parametrize("authentication", ["external", "none"])
def test_the_rules_refuse_the_same_whoever_authenticates(
    make_service: MakeService, authentication: str
) -> None:
    service = make_service(authentication=authentication)
    # Which part of a rule refuses it has been shown for the default.
    command = ["uv", "run", "pytest", "-q", "-m", "proof", "-k", "not without_any_part"]

    said = service.run(*command, "tests/architecture/test_offences.py")

    assert " passed" in said


def test_a_branch_that_no_test_takes_fails_the_coverage_gate(make_service: MakeService) -> None:
    service = make_service()
    shared = service.path / "src/domain/shared.py"
    test = service.path / "tests/unit/domain/test_sign.py"
    before = shared.read_text()
    shared.write_text(f"{before}\n\n{HALF_TESTED}")
    line = before.count("\n") + 5
    test.write_text("from domain.shared import sign\n\n\ndef test_sign():\n    sign(-1)\n")
    counted = ["python", "-m", "slipcover", "--dont-wrap-pytest", "--source", "src/domain"]
    gate = ["python", "-m", "slipcover", "--merge", ".coverage.json", "--fail-under", "100"]

    try:
        service.run("uv", "run", *counted, "-m", "pytest", "-q", "-n", "2", "tests/unit/domain")
        ended = service.try_to("uv", "run", *gate)
    finally:
        shared.write_text(before)
        test.unlink()

    assert ended.returncode != 0
    assert re.search(rf"^src/domain/shared.py .* {line}->{line + 2}$", ended.stdout, re.M)


@pytest.mark.scheduled("each run tries another order: what depends on it shows over many runs")
def test_its_tests_run_in_any_order(make_service: MakeService) -> None:
    service = make_service()
    randomly = ["uv", "run", "--with", "pytest-randomly", "pytest", "-q", "-p", "randomly"]

    said = service.run(*randomly, "-m", "not fuzz and not proof")

    assert " passed" in said
    assert service.run("git", "status", "--porcelain") == ""


def test_its_tests_run_in_parallel_on_a_server_of_the_owners(make_service: MakeService) -> None:
    service = make_service()
    script = (
        "import os, subprocess, sys\n"
        "from dev.environment import LOCAL\n"
        "from dev.postgres import LocalPostgres\n"
        "with LocalPostgres(LOCAL / 'postgres-of-the-owner', durable=False).running() as server:\n"
        "    server.create_database('for tests')\n"
        "    url = {'TEST_DATABASE_URL': server.url('for tests')}\n"
        "    tests = ['pytest', '-q', '-n', '2', 'tests/integration/persistence']\n"
        "    code = subprocess.run(tests, env=os.environ | url).returncode\n"
        "    print(server.psql('postgres', 'SELECT datname FROM pg_database;'))\n"
        "sys.exit(code)\n"
    )

    said = service.run("uv", "run", "python", "-c", script)

    assert " passed" in said
    assert "-gw" not in said.rpartition(" passed")[2]
