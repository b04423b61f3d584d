"""Comparing the collations of texts, which Alembic does not."""

from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column
from sqlalchemy.types import TypeEngine


def is_another(
    _context: MigrationContext,
    _migrated: Column[Any],
    _declared: Column[Any],
    before: TypeEngine[Any],
    after: TypeEngine[Any],
) -> bool | None:
    """Tell whether a type has another collation; None leaves the rest of the comparison to Alembic."""
    return True if collation_of(before) != collation_of(after) else None


def collation_of(kind: TypeEngine[Any]) -> str | None:
    """Return the collation of a type; None if it is that of the database."""
    named: str | None = getattr(kind, "collation", None)
    return named
