"""An aggregate in the database: its columns, constraints and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...columns import STATE_COLUMN
from .facts import AggregateFacts

if TYPE_CHECKING:
    from ...columns import Column
    from ..refs import TargetView


class StoredAggregate(AggregateFacts):
    """An aggregate, as far as it is about rows."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of what is declared on the page, in the order of the table."""
        own = [column for field in self.fields for column in field.columns]
        asked = [column for field in self.transition_fields for column in field.columns]
        return (*own, *self.state_columns, *asked)

    @property
    def state_columns(self) -> tuple[Column, ...]:
        return (STATE_COLUMN,) if self.lifecycle else ()

    @property
    def declared_checks(self) -> tuple[tuple[str, str], ...]:
        """The names of its constraints, as a class of rows has them, and their conditions."""
        start = len(f"ck_{self.table}_")
        return tuple((check.name[start:], check.sql_python) for check in self.checks)

    @property
    def imported_ids(self) -> str:
        return ", ".join([self.id_class, *(part.id_class for part in self.parts)])

    @property
    def imported_id_deps(self) -> str:
        return ", ".join(f"{name}Dep" for name in self.imported_ids.split(", "))

    @property
    def imported_models(self) -> str:
        return ", ".join(f"{name}Model" for name in (self.name, *(p.name for p in self.parts)))

    @property
    def imported_rows(self) -> tuple[TargetView, ...]:
        return tuple({each.name: each for each in (*self.stored_rows, *self.circle)}.values())

    @property
    def part_rows(self) -> str:
        """The arguments by which its rows know those of its parts."""
        return "".join(f", {part.rows}" for part in self.parts)
