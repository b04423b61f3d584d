"""The aggregate that a view is made of, and what all of its parts ask about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import names, reads_view, ref_view
from ..walk import as_list

if TYPE_CHECKING:
    from ..field_types import FieldSpec, RefField
    from ..models import Aggregate, Page
    from ..operations import Transition
    from ..view import RefView
    from ..walk import AggregateHere


@dataclass(frozen=True)
class Subject:
    """An aggregate on its page, in a service with this answer to ``authentication``."""

    here: AggregateHere
    page: Page
    authentication: str

    @property
    def spec(self) -> Aggregate:
        return self.here.aggregate

    @property
    def snake(self) -> str:
        return names.snake(self.spec.name)

    @property
    def label(self) -> str:
        return names.spaced(self.spec.name)

    @property
    def labelled(self) -> str:
        """With its article: ``an order item``."""
        return names.article(self.label)

    @property
    def has_actors(self) -> bool:
        return self.authentication != "none"

    @property
    def has_owner(self) -> bool:
        return self.here.has_owner(self.authentication)

    @property
    def steps(self) -> dict[str, Transition]:
        """Its transitions, by name."""
        return self.here.lifecycle.transitions if self.here.lifecycle else {}

    @property
    def asked(self) -> dict[str, FieldSpec]:
        """What transitions ask for, each once, as columns have it: null until then."""
        found: dict[str, FieldSpec] = {}
        for step in self.steps.values():
            for name, spec in step.with_.items():
                found.setdefault(name, spec.model_copy(update={"optional": True}))
        return found

    def states_in(self, given: str | list[str] | None) -> tuple[str, ...]:
        """Return the states that the page gives, or else those in which something may change."""
        if given is not None:
            return tuple(as_list(given))
        final = as_list(self.here.lifecycle.final) if self.here.lifecycle else []
        return tuple(state for state in self.here.states if state not in final)

    def column(self, name: str) -> str:
        return reads_view.column_name(self.here, name)

    def allowed(self, operation: str) -> list[str]:
        """Return who may do something, beside admins."""
        return ref_view.allowed(self.here, operation, self.authentication)

    def ref(self, name: str, spec: RefField, parts: str = "") -> RefView:
        """Return where a field points to, or a field of its ``parts``."""
        return ref_view.ref_view(name, spec, self.here, self.page, self.authentication, parts)

    def targets(self, *fields: dict[str, FieldSpec]) -> list[AggregateHere]:
        """Return what some fields point to, its own kind left out."""
        return ref_view.pointed_to(self.page, self.here, *fields)

    def is_left_out(self, name: str, spec: FieldSpec) -> bool:
        """Tell whether the aggregates of tests point to nothing by a field."""
        return ref_view.is_left_out(self.page, self.here, name, spec)

    @property
    def is_pointed_to(self) -> bool:
        """Whether something of its context points to it, itself included."""
        home = self.here.context.name
        return any(other.context.name == home for other in ref_view.pointing(self.page, self.here))
