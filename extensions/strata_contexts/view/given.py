"""What has to be given, and what holds if it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..literals import literal

if TYPE_CHECKING:
    from .fields import FieldView


class Given:
    """What is given in a request: the base of what has fields."""

    fields: tuple[FieldView, ...]

    @property
    def required(self) -> tuple[FieldView, ...]:
        """The fields that no request may leave out."""
        return tuple(field for field in self.fields if not field.request_default)

    @property
    def required_names(self) -> str:
        return literal([field.wire for field in self.required])

    @property
    def lists(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.type == "list")

    @property
    def defaulted(self) -> tuple[FieldView, ...]:
        """The fields that have a default, which answers show."""
        return tuple(field for field in self.fields if field.has_default and field.is_shown)

    @property
    def defaults(self) -> str:
        """What answers have of them if nothing else is given."""
        return literal({field.wire: field.default for field in self.defaulted})
