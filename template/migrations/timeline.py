"""What the database knows of these migrations, and these migrations of the database.

Alembic's own table says which migration was the last. An image that is older than the database does
not have that one, so each is also written down, by its name, in `applied_migrations`. By that list an
older image sees that the database has had all of its migrations, and more.
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
    # The role of the service may have no other right to it, and has to read it to be ready.
    text(f"GRANT SELECT ON {applied_migrations.name} TO PUBLIC"),
)
"""Makes the list."""


def is_ahead(connection: Connection, heads: Collection[str], script: ScriptDirectory) -> bool:
    """Tell whether the database has had all of these migrations, and others after them.

    Args:
        heads: what Alembic's own table says.

    Raises:
        CommandError: it has had others instead.
    """
    applied = names_applied(connection)
    here = names_up_to(script.get_heads(), script)
    if unknown := sorted(set(heads) - {revision.revision for revision in script.walk_revisions()}):
        if applied >= set(here):
            return True
        raise CommandError(
            f"The database is at {', '.join(unknown)}, which is not among these migrations, and"
            f" {_absence(here, applied)}. It belongs to another service or to another branch: see"
            " whether DATABASE_URL is right."
        )
    if applied and (others := set(names_up_to(heads, script)) - applied):
        raise CommandError(
            f"The database is at {', '.join(heads)} as these migrations are, but"
            f" {_absence(sorted(others), applied)}. Either a migration was renamed after it was"
            " applied: give it its name back. Or two branches have numbered theirs alike: go back"
            " to the other branch and downgrade there, or begin with a new database."
        )
    return False


def _absence(expected: list[str], applied: set[str]) -> str:
    if not applied:
        return "it does not say which ones it has had"
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
    """Return the names of these migrations and of all before them, the first one first."""
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
    """Keep the list, in the transaction of each migration, for which Alembic calls it."""
    if step.is_stamp:  # Alembic was told where the database is, and may have been wrong before
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
