"""Whose rows an aggregate has, and which of them an actor gets to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .access import PermissionView


class OwnedAggregate:
    """An aggregate, as far as it is about owners, who stand in each statement about their rows."""

    snake: str
    label: str
    labelled: str
    has_owner: bool
    access: dict[str, PermissionView]

    # Use cases

    @property
    def row_access(self) -> tuple[PermissionView, ...]:
        """Who may what with a row that is there."""
        return tuple(
            each for each in self.access.values() if each.operation not in ("create", "list")
        )

    @property
    def found_one(self) -> str:
        """What a repository returns for an id."""
        if self.has_owner:
            return f"{self.labelled} of the owner's, or of anybody's; None if there is none"
        return f"the {self.label}, or None if there is none"

    @property
    def owner_parameter(self) -> str:
        return ", owner: ActorId | None" if self.has_owner else ""

    @property
    def owner_argument(self) -> str:
        """Whose rows a list shows."""
        return self.access["list"].limit if self.has_owner else ""

    @property
    def of_anybody(self) -> str:
        return ", None" if self.has_owner else ""

    @property
    def seen_owner(self) -> str:
        """Whose row an operation finds, once it is known what the actor may read."""
        if not self.has_owner:
            return ""
        return ", whose" if self.access["read"].is_checked else ", None"

    @property
    def whose_parameter(self) -> str:
        return ", whose: ActorId | None" if self.has_owner else ""

    @property
    def passed_owner(self) -> str:
        return ", whose" if self.has_owner else ""

    @property
    def row_owner(self) -> str:
        return f", owner={self.snake}.owner_id" if self.has_owner else ""

    @property
    def has_partial_access(self) -> bool:
        """Whether something is refused to some who may read a row, which others may not."""
        return self.access["read"].is_refusing and any(
            each.is_refusing and not each.is_hidden for each in self.row_access
        )

    @property
    def is_seen_by_readers(self) -> bool:
        """Whether the statement that finds a row has to know whose rows the actor may read."""
        return self.has_owner and self.access["read"].is_checked

    @property
    def is_read_again(self) -> bool:
        """Whether it may find a row that the actor may not read."""
        return self.has_partial_access and not (self.has_owner and self.access["read"].is_owner)

    # Infrastructure

    @property
    def rows_of_owner(self) -> str:
        return ", where=of_owner(_TABLE.c.owner_id)" if self.has_owner else ""

    @property
    def asked_owner(self) -> str:
        return ", owner=owner.value if owner else None" if self.has_owner else ""

    @property
    def stored_owner(self) -> str:
        """The owner of the row that a change is for."""
        return f", owner={self.snake}.owner_id.value" if self.has_owner else ""
