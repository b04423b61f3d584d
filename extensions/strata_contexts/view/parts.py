"""The parts of an aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .access import PermissionView
    from .fields import FieldView


@dataclass(frozen=True)
class PartView:
    """A kind of part. ``key`` is what several are called on the page: ``lines``."""

    key: str
    attribute: str
    wire: str
    url: str
    name: str
    snake: str
    camel: str
    label: str
    plural_label: str
    doc: str
    min: int
    max: int
    table: str
    parent_column: str
    fields: tuple[FieldView, ...]
    unique: tuple[str, ...]
    id_class: str
    permission: PermissionView | None
    states: tuple[str, ...]
    """The states in which parts change; empty where there is no lifecycle."""
