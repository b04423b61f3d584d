import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

VERSIONS = Path(__file__).resolve().parents[3] / "migrations" / "versions"


@pytest.fixture
def revisions(alembic_config: Config) -> list[str]:
    """All revisions, starting with the first one."""
    script = ScriptDirectory.from_config(alembic_config)
    return [revision.revision for revision in script.walk_revisions()][::-1]


def test_the_timeline_has_one_head(alembic_config: Config) -> None:
    heads = ScriptDirectory.from_config(alembic_config).get_heads()

    assert len(heads) == 1, (
        f"{' and '.join(heads)} both come last. Let one come after the other: give it the next"
        " number, and name the other in its `down_revision`"
    )


def test_each_revision_goes_up_and_down_and_up_again(
    alembic_config: Config, revisions: list[str]
) -> None:
    command.downgrade(alembic_config, "base")

    for revision in revisions:
        command.upgrade(alembic_config, revision)
        command.downgrade(alembic_config, "-1")
        command.upgrade(alembic_config, revision)

    command.check(alembic_config)


def test_a_column_that_comes_later_finds_rows_in_its_table() -> None:
    for file in VERSIONS.glob("*.py"):
        for place, options in _added_columns(ast.parse(file.read_text())):
            required = options.get("nullable") == "False"
            assert not required or "server_default" in options, (
                f"{file.name}, line {place}: give the column a server_default, or let it be null"
            )


def test_a_required_column_without_a_default_is_noticed() -> None:
    later = "op.add_column('orders', sa.Column('note', sa.String(), nullable=False))"

    assert list(_added_columns(ast.parse(later))) == [(1, {"nullable": "False"})]


def _added_columns(script: ast.Module) -> Iterator[tuple[int, dict[str | None, str]]]:
    """Yield each place that adds a column, and the keyword arguments of the column."""
    for node in ast.walk(script):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="add_column"), args=[_, ast.Call(keywords=options)]
            ):
                yield node.lineno, {each.arg: ast.unparse(each.value) for each in options}
