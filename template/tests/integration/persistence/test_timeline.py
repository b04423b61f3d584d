"""How a version of the service handles a database that another version has migrated."""

import asyncio
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.persistence.head import HEAD
from migrations.naming import next_number, refuse_shared_numbers

PROJECT = Path(__file__).resolve().parents[3]
MIGRATION = """
revision = "{number}"
down_revision = "{before}"


def upgrade() -> None: ...


def downgrade() -> None: ...
"""

MakeVersion = Callable[..., Config]
RunSQL = Callable[[str], list[str]]


@pytest.fixture
def script(alembic_config: Config) -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config)


@pytest.fixture
def version_with(
    tmp_path: Path, database_url: str, alembic_config: Config, script: ScriptDirectory
) -> Iterator[MakeVersion]:
    """`version_with("books")` is a service with an additional migration. Resets the database."""

    def make(*names: str) -> Config:
        folder = tmp_path / "_".join(["version", *names])
        shutil.copytree(PROJECT / "migrations", folder)
        number = next_number(script)
        for name in names:
            migration = MIGRATION.format(number=number, before=script.get_current_head())
            (folder / "versions" / f"{number}_{name}.py").write_text(migration)
        config = Config(toml_file=PROJECT / "pyproject.toml", stdout=io.StringIO())
        config.set_main_option("script_location", str(folder))
        return config

    yield make
    command.stamp(alembic_config, "head", purge=True)


@pytest.fixture
def sql(database_url: str) -> RunSQL:
    """Run a statement, and return the first column of its result."""

    async def run(statement: str) -> list[str]:
        engine = create_async_engine(
            database_url, poolclass=NullPool, connect_args={"statement_cache_size": 0}
        )
        async with engine.begin() as connection:
            found = await connection.execute(text(statement))
            return [row[0] for row in found] if found.returns_rows else []

    return lambda statement: asyncio.run(run(statement))


def printed(config: Config) -> str:
    assert isinstance(config.stdout, io.StringIO)
    return config.stdout.getvalue()


def test_the_code_names_the_last_migration(script: ScriptDirectory) -> None:
    head = script.get_revision("head")

    expected = f'HEAD = "{Path(head.path).stem}"'
    assert expected == f'HEAD = "{HEAD}"', (
        f"src/infrastructure/persistence/head.py must say {expected}"
    )


def test_an_older_version_finds_a_newer_database_up_to_date(
    version_with: MakeVersion, sql: RunSQL
) -> None:
    older, newer = version_with(), version_with("books")
    command.upgrade(newer, "head")
    at = sql("SELECT version_num FROM alembic_version")

    command.upgrade(older, "head")

    assert "newer than these migrations" in printed(older)
    assert sql("SELECT version_num FROM alembic_version") == at
    assert HEAD in sql("SELECT name FROM applied_migrations")


def test_an_older_version_cannot_take_a_newer_database_back(version_with: MakeVersion) -> None:
    older, newer = version_with(), version_with("books")
    command.upgrade(newer, "head")

    with pytest.raises(CommandError, match="Downgrade with the version that has it"):
        command.downgrade(older, "base")
    command.downgrade(newer, "-1")
    command.upgrade(older, "head")

    assert printed(older) == ""


def test_a_database_with_another_history_is_refused(version_with: MakeVersion, sql: RunSQL) -> None:
    other = version_with("books")
    command.upgrade(other, "head")
    sql("UPDATE applied_migrations SET name = 'other_' || name")

    with pytest.raises(CommandError, match=f"it has never had .*{HEAD}"):
        command.upgrade(version_with(), "head")


def test_a_database_with_an_unknown_revision_and_no_list_is_refused(
    version_with: MakeVersion, sql: RunSQL
) -> None:
    sql("DROP TABLE applied_migrations")
    sql("UPDATE alembic_version SET version_num = '4711'")

    with pytest.raises(CommandError, match="it has no list of applied migrations"):
        command.upgrade(version_with(), "head")


def test_two_branches_that_number_alike_do_not_pass_for_each_other(
    version_with: MakeVersion,
) -> None:
    books, authors = version_with("books"), version_with("authors")
    command.upgrade(books, "head")

    with pytest.raises(CommandError, match=r"it has never had \d+_authors"):
        command.upgrade(authors, "head")


def test_two_migrations_with_one_number_are_refused_with_the_remedy(
    version_with: MakeVersion,
) -> None:
    merged = version_with("books", "authors")

    with pytest.raises(CommandError, match=r"\d+_authors.py and \d+_books.py .* next number"):
        command.upgrade(merged, "head")


def test_no_two_migrations_share_a_number(script: ScriptDirectory) -> None:
    refuse_shared_numbers(script)


def test_a_database_from_before_the_list_gets_one(version_with: MakeVersion, sql: RunSQL) -> None:
    sql("DROP TABLE applied_migrations")

    command.upgrade(version_with(), "head")

    assert HEAD in sql("SELECT name FROM applied_migrations")


def test_the_sql_of_the_migrations_needs_neither_a_database_nor_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    written = io.StringIO()

    command.upgrade(
        Config(toml_file=PROJECT / "pyproject.toml", output_buffer=written), "head", sql=True
    )

    assert f"('{HEAD}') ON CONFLICT DO NOTHING;" in written.getvalue()
    assert written.getvalue().rstrip().endswith("COMMIT;")
