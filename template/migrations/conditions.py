"""Finding checks whose condition has changed, which Alembic compares by name only.

The models are created in a schema of their own, so that PostgreSQL itself writes both conditions.
"""

from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, MetaData, text
from sqlalchemy.sql.elements import conv

DECLARED = "declared_by_models"
CONDITIONS = text("""
    SELECT relname, conname, pg_get_expr(conbin, conrelid)
    FROM pg_constraint
    JOIN pg_class ON pg_class.oid = conrelid
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE contype = 'c' AND nspname = :schema
""")


@dataclass(frozen=True)
class ChangedCheck:
    """A check of the same name in the database and in the models, with both conditions."""

    table: str
    name: str
    before: str
    after: str


def changed_checks(context: MigrationContext) -> list[ChangedCheck]:
    """Compare the models with the default schema of the database."""
    connection, models = context.connection, context.opts["target_metadata"]
    if connection is None or not isinstance(models, MetaData):
        return []
    migrated = conditions(connection, str(connection.scalar(text("SELECT current_schema()"))))
    with connection.begin_nested() as savepoint:
        connection.execute(text(f"CREATE SCHEMA {DECLARED}"))
        connection.execute(text(f"SET LOCAL search_path TO {DECLARED}, public"))
        models.create_all(connection, checkfirst=False)
        declared = conditions(connection, DECLARED)
        savepoint.rollback()
    written = {
        (table.name, str(check.name)): str(check.sqltext)
        for table in models.sorted_tables
        for check in table.constraints
        if isinstance(check, CheckConstraint) and isinstance(check.name, conv)
    }
    return [
        ChangedCheck(*key, before=migrated[key], after=written[key])
        for key in declared
        if key in written and key in migrated and declared[key] != migrated[key]
    ]


def conditions(connection: Connection, schema: str) -> dict[tuple[str, str], str]:
    """Return the conditions of a schema's checks, by table and name."""
    rows = connection.execute(CONDITIONS, {"schema": schema})
    return {(table, name): condition for table, name, condition in rows}
