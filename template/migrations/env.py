"""Alembic's environment: the service's database settings, without the statement timeout."""

import asyncio
from collections.abc import Collection
from functools import partial
from typing import Any

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.config import DatabaseSettings, load_settings
from infrastructure.persistence.metadata import metadata
from infrastructure.persistence.timeline import applied_migrations
from migrations import collations, listing, naming, patience, timeline

NEED_A_KNOWN_DATABASE = ("upgrade", "downgrade", "retrieve_migrations")
"""Functions of Alembic's commands; `revision` and `check` call the last one."""


def configure(**where: Any) -> None:
    context.configure(
        **where,
        target_metadata=metadata,
        # Each migration releases its locks before the next one begins.
        transaction_per_migration=True,
        include_name=lambda name, kind, _: (kind, name) != ("table", applied_migrations.name),
        compare_server_default=True,
        compare_type=collations.is_another,
        autogenerate_plugins=["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
        process_revision_directives=naming.name_by_number,
        on_version_apply=partial(timeline.write_down, context.script),
    )


def write_sql() -> None:
    """Write the SQL of the migrations, for `--sql`, without a database and without settings."""
    configure(dialect_name="postgresql", dialect_opts={"paramstyle": "named"}, literal_binds=True)
    migration = context.get_context()
    for statement in timeline.LIST:
        migration.impl.execute(statement)
    heads = migration.get_current_heads()
    timeline.add_to_list(migration, timeline.names_up_to(heads, context.script))
    with context.begin_transaction():
        context.run_migrations()


async def migrate() -> None:
    settings = load_settings(DatabaseSettings)
    engine = create_async_engine(
        settings.database_url.get_secret_value(),
        poolclass=NullPool,
        # No statement runs twice, and behind a pooler another client may use the same name.
        connect_args={"statement_cache_size": 0, "prepared_statement_cache_size": 0},
    )
    patience.limit_waiting(engine, settings.migration_lock_timeout)
    await patience.run_patiently(
        engine, run, settings.migration_patience, context.config.print_stdout
    )


def run(connection: Connection) -> None:
    configure(connection=connection)
    migration = context.get_context()
    with connection.begin():
        command = migration.opts["fn"].__name__
        if command == "retrieve_migrations":
            listing.require_listed_models()
        if command in NEED_A_KNOWN_DATABASE:
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
    """Report that the database is newer than these migrations, as after a rollback of the service.

    Raises:
        CommandError: the command is not `upgrade`.
    """
    newer = f"The database is at {', '.join(heads)}, which is newer than these migrations."
    if command != "upgrade":
        raise CommandError(
            f"{newer} Downgrade with the version that has it, or begin with a new database."
        )
    context.config.print_stdout(f"{newer} It has had all of them: there is nothing to do.")


naming.refuse_shared_numbers(context.script)
if context.is_offline_mode():
    write_sql()
else:
    asyncio.run(migrate())
