"""Computes the tables of the first migration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .columns import Column
from .literals import literal

if TYPE_CHECKING:
    from .view import AggregateView, PartView


@dataclass(frozen=True)
class TableView:
    """A table, as the arguments of Alembic's operations."""

    name: str
    columns: tuple[str, ...]
    constraints: tuple[str, ...]
    indexes: tuple[str, ...]


@dataclass(frozen=True)
class AddedKey:
    """A foreign key that is added to a table, as the arguments of Alembic's operations."""

    created: str
    dropped: str


def added_keys(aggregate: AggregateView) -> tuple[AddedKey, ...]:
    """Return the foreign keys of an aggregate to those that point back to it."""
    table = aggregate.table
    return tuple(
        AddedKey(
            created=f'"fk_{table}_{ref.attribute}", "{table}", "{ref.table}", ["{ref.attribute}"], ["id"],'
            ' ondelete="RESTRICT"',
            dropped=f'"fk_{table}_{ref.attribute}", "{table}", type_="foreignkey"',
        )
        for ref in aggregate.circular_keys
    )


def table_of(aggregate: AggregateView) -> TableView:
    """Return the table of an aggregate."""
    moment = "DateTime(timezone=True)"
    owner = [Column("owner_id", "str", "String(255)", (), is_nullable=False)]
    columns = [
        Column("id", "UUID", "Uuid", (), is_nullable=False),
        *(owner if aggregate.has_owner else []),
        *aggregate.columns,
        Column("created_at", "datetime", moment, (), is_nullable=False),
        Column("updated_at", "datetime", moment, (), is_nullable=True),
        Column("version", "int", "Integer", (), is_nullable=False),
    ]
    table = aggregate.table
    constraints = [f'sa.PrimaryKeyConstraint("id", name="pk_{table}")']
    constraints += [
        f'sa.CheckConstraint({check.sql_python}, name=op.f("{check.name}"))'
        for check in aggregate.checks
    ]
    constraints += [
        f'sa.ForeignKeyConstraint(["{ref.attribute}"], ["{ref.table}.id"],'
        f' name="fk_{table}_{ref.attribute}", ondelete="RESTRICT")'
        for ref in aggregate.keys
        if not ref.is_circular
    ]
    constraints += [
        f'sa.UniqueConstraint({each.written_columns}, name="{each.name}")'
        for each in aggregate.indexes
        if each.is_unique
    ]
    return TableView(
        name=table,
        columns=tuple(map(column_call, columns)),
        constraints=tuple(constraints),
        indexes=tuple(
            f'"{each.name}", "{table}", [{each.written_columns}]'
            for each in aggregate.indexes
            if not each.is_unique
        ),
    )


def table_of_part(part: PartView, aggregate: AggregateView) -> TableView:
    """Return the table of the parts of an aggregate."""
    parent, table = part.parent_column, part.table
    columns = [
        Column("id", "UUID", "Uuid", (), is_nullable=False),
        Column(parent, "UUID", "Uuid", (), is_nullable=False),
        Column("position", "int", "Integer", (), is_nullable=False),
        *part.columns,
    ]
    constraints = [
        f'sa.PrimaryKeyConstraint("id", name="pk_{table}")',
        f'sa.ForeignKeyConstraint(["{parent}"], ["{aggregate.table}.id"], name="fk_{table}_{parent}")',
    ]
    constraints += [
        f'sa.CheckConstraint({check.sql_python}, name=op.f("{check.name}"))'
        for check in part.checks
    ]
    constraints += [
        f'sa.UniqueConstraint("{parent}", "{each.attribute}", name="uq_{table}_{parent}_{each.attribute}")'
        for each in part.unique
    ]
    constraints += [
        f'sa.ForeignKeyConstraint(["{ref.attribute}"], ["{ref.table}.id"],'
        f' name="fk_{table}_{ref.attribute}", ondelete="RESTRICT")'
        for ref in part.local_refs
    ]
    indexed = [parent, *(ref.attribute for ref in part.local_refs)]
    return TableView(
        name=table,
        columns=tuple(map(column_call, columns)),
        constraints=tuple(constraints),
        indexes=tuple(f'"ix_{table}_{each}", "{table}", ["{each}"]' for each in indexed),
    )


def column_call(column: Column) -> str:
    kind = re.sub(r"(?<![\w.=])(?=[A-Z][A-Za-z]+\b)", "sa.", column.type)
    kind = kind.replace("=sa.True", "=True") if "(" in kind else f"{kind}()"
    return f"sa.Column({literal(column.name)}, {kind}, nullable={column.is_nullable})"
