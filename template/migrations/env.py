"""How Alembic reaches the database: by the service's own settings, without its limits on time."""

import asyncio
import re
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from alembic import context
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import write_hooks
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.config import DatabaseSettings, load_settings
from infrastructure.persistence import timeline as service_timeline
from infrastructure.persistence.metadata import metadata
from infrastructure.persistence.timeline import applied_migrations
from migrations import timeline


def configure(**where: Any) -> None:
    context.configure(
        **where,
        target_metadata=metadata,
        transaction_per_migration=True,
        include_name=lambda name, kind, _: (kind, name) != ("table", applied_migrations.name),
        compare_server_default=True,
        autogenerate_plugins=["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
        process_revision_directives=name_by_number,
        on_version_apply=partial(timeline.write_down, context.script),
    )


def name_by_number(_: MigrationContext, __: object, found: list[MigrationScript]) -> None:
    """Number a new migration, and let none be written that would do nothing."""
    options = vars(context.config.cmd_opts) if context.config.cmd_opts else {}
    if "rev_id" not in options:
        return  # `alembic check`, which writes nothing
    [script] = found
    if not re.search(r"\w", script.message or ""):
        raise CommandError('Say what the migration does: just revision "add orders"')
    if options["autogenerate"] and script.upgrade_ops and script.upgrade_ops.is_empty():
        found.clear()
        context.config.print_stdout(
            "Nothing was written: Alembic sees no change in the tables. For a migration that is all"
            ' your own: uv run python -m dev.run alembic revision -m "fill in the totals"'
        )
    elif not options["rev_id"]:
        script.rev_id = timeline.next_number(context.script)


@write_hooks.register("head")
def name_the_head(path: str, _: object) -> None:
    """Let the service know of the migration that was written."""
    module = Path(service_timeline.__file__)
    head = f'HEAD = "{Path(path).stem}"'
    module.write_text(re.sub(r"^HEAD = .*$", head, module.read_text(), flags=re.MULTILINE))


def write_sql() -> None:
    """Write what the migrations would do, for `--sql`. No database is asked, and no setting read."""
    configure(dialect_name="postgresql", dialect_opts={"paramstyle": "named"}, literal_binds=True)
    migration = context.get_context()
    for statement in timeline.LIST:
        migration.impl.execute(statement)
    timeline.add_to_list(
        migration, timeline.names_up_to(migration.get_current_heads(), context.script)
    )
    with context.begin_transaction():
        context.run_migrations()


def run(connection: Connection) -> None:
    configure(connection=connection)
    migration = context.get_context()
    with connection.begin():
        command = migration.opts["fn"].__name__
        if command in ("upgrade", "downgrade"):
            heads = migration.get_current_heads()
            if timeline.is_ahead(connection, heads, context.script):
                return leave_as_it_is(heads, command)
            timeline.make_list(connection)
            timeline.add_to_list(migration, timeline.names_up_to(heads, context.script))
        elif not migration.opts.get("dont_mutate"):
            timeline.make_list(connection)
    with context.begin_transaction():
        context.run_migrations()


def leave_as_it_is(heads: Collection[str], command: str) -> None:
    """Say that the database is newer, which is what an older version finds when it comes back."""
    newer = f"The database is at {', '.join(heads)}, which is newer than these migrations."
    if command == "downgrade":
        raise CommandError(f"{newer} Downgrade with the version that has it.")
    context.config.print_stdout(f"{newer} It has had all of them: there is nothing to do.")


async def migrate() -> None:
    settings = load_settings(DatabaseSettings)
    engine = create_async_engine(
        settings.database_url.get_secret_value(),
        poolclass=NullPool,
        # No statement runs twice, and behind a pooler its name could be another client's.
        connect_args={"statement_cache_size": 0, "prepared_statement_cache_size": 0},
    )
    async with engine.connect() as connection:
        await connection.run_sync(run)


timeline.refuse_shared_numbers(context.script)
if context.is_offline_mode():
    write_sql()
else:
    asyncio.run(migrate())
