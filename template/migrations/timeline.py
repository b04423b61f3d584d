"""Comparing the migrations applied to the database with the migrations here.

Alembic's own table names only the latest migration. A release that is older than the database does
not have that migration, so the name of each applied one is also recorded in `applied_migrations`.
This list tells an older release that all of its migrations have been applied, and newer ones too.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Executable, inspect, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.schema import CreateTable

from infrastructure.persistence.timeline import applied_migrations

LIST: tuple[Executable, ...] = (
    CreateTable(applied_migrations, if_not_exists=True),
    # The role of the service may have no other rights to the table, and reads it to become ready.
    text(f"GRANT SELECT ON {applied_migrations.name} TO PUBLIC"),
)
"""The statements that create the list."""


def is_ahead(connection: Connection, heads: Collection[str], script: ScriptDirectory) -> bool:
    """Tell whether all of these migrations, and newer ones, have been applied to the database.

    Args:
        heads: the content of Alembic's own table.

    Raises:
        CommandError: other migrations have been applied instead.
    """
    applied = names_applied(connection)
    here = names_up_to(script.get_heads(), script)
    if unknown := sorted(set(heads) - {revision.revision for revision in script.walk_revisions()}):
        if applied >= set(here):
            return True
        raise CommandError(
            f"The database is at {', '.join(unknown)}, which is not among these migrations, and"
            f" {_absence(here, applied)}. It belongs to another service or to another branch:"
            " check DATABASE_URL."
        )
    if applied and (others := set(names_up_to(heads, script)) - applied):
        raise CommandError(
            f"The database is at {', '.join(heads)} as these migrations are, but"
            f" {_absence(sorted(others), applied)}. If a migration was renamed after it was"
            " applied, restore its name. If two branches use the same number, go back to the other"
            " branch and downgrade there, or begin with a new database."
        )
    return False


def _absence(expected: list[str], applied: set[str]) -> str:
    if not applied:
        return "it has no list of applied migrations"
    return f"it has never had {', '.join(each for each in expected if each not in applied)}"


def has_list(connection: Connection) -> bool:
    return inspect(connection).has_table(applied_migrations.name)


def make_list(connection: Connection) -> None:
    if not has_list(connection):
        for statement in LIST:
            connection.execute(statement)


def names_applied(connection: Connection) -> set[str]:
    if not has_list(connection):
        return set()
    return set(connection.scalars(select(applied_migrations.c.name)))


def names_up_to(heads: Collection[str], script: ScriptDirectory) -> list[str]:
    """Return the names of these migrations and of all earlier ones, oldest first."""
    wanted = script.iterate_revisions(tuple(heads), "base")
    return [Path(revision.path).stem for revision in wanted][::-1]


def write_down(
    script: ScriptDirectory,
    *,
    ctx: MigrationContext,
    step: MigrationInfo,
    heads: Collection[str],
    run_args: Mapping[str, Any],
) -> None:
    """Update the list. Alembic calls this in the transaction of each migration."""
    if step.is_stamp:  # sets the version by hand; the list may have been wrong
        ctx.impl.execute(applied_migrations.delete())
        add_to_list(ctx, names_up_to(heads, script))
        return
    names = [Path(script.get_revision(each).path).stem for each in step.up_revision_ids]
    if step.is_upgrade:
        add_to_list(ctx, names)
    else:
        ctx.impl.execute(applied_migrations.delete().where(applied_migrations.c.name.in_(names)))


def add_to_list(ctx: MigrationContext, names: list[str]) -> None:
    for name in names:
        ctx.impl.execute(insert(applied_migrations).values(name=name).on_conflict_do_nothing())
