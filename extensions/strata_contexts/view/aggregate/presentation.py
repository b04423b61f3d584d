"""An aggregate on the wire: its requests, its responses, and its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...literals import literal
from ..fields import wire_types
from .application import ApplicationAggregate

if TYPE_CHECKING:
    from ..fields import FieldView, WireType


class SentAggregate(ApplicationAggregate):
    """An aggregate, as far as it is about what is sent."""

    @property
    def wire_types(self) -> tuple[WireType, ...]:
        """The types that its fields bring, each once."""
        asked = [field for step in self.steps for field in step.fields]
        return wire_types((*self.fields, *asked, *self.part_fields))

    @property
    def formats(self) -> tuple[WireType, ...]:
        return (*(each for each in self.wire_types if each.format), *self.listing.formats)

    @property
    def part_fields(self) -> tuple[FieldView, ...]:
        return tuple(field for part in self.parts for field in part.fields)

    @property
    def state_annotation(self) -> str:
        states = self.lifecycle.states if self.lifecycle else ()
        return f"Literal[{', '.join(literal(state.name) for state in states)}]"

    @property
    def imported_schemas(self) -> str:
        requests = [f"{pascal}{self.name}Request" for pascal in self.asking]
        requests += [f"{part.name}Request" for part in self.parts]
        return ", ".join([*requests, f"{self.name}Response"])

    @property
    def url_id(self) -> str:
        return f"{{{self.id_parameter}}}"
