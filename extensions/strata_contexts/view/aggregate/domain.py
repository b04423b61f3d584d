"""An aggregate in the domain: its classes, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..fields import ValueObject
from ..operations import Refusal, refusal_of
from .facts import AggregateFacts

if TYPE_CHECKING:
    from ..fields import FieldView
    from ..operations import TransitionView


class DomainAggregate(AggregateFacts):
    """An aggregate, as far as it is about the domain."""

    @property
    def classes(self) -> tuple[ValueObject, ...]:
        """The classes of its values, with that of its state."""
        if self.lifecycle is None:
            return self.value_objects
        members = tuple((state.member, state.name) for state in self.lifecycle.states)
        state = ValueObject(self.lifecycle.class_name, "StrEnum", "", members=members)
        return (*self.value_objects, state)

    @property
    def imported_values(self) -> str:
        parts = (part.id_class for part in self.parts)
        return ", ".join([self.id_class, *parts, *(each.name for each in self.classes)])

    @property
    def steps(self) -> tuple[TransitionView, ...]:
        return self.lifecycle.transitions if self.lifecycle else ()

    @property
    def asking_steps(self) -> tuple[TransitionView, ...]:
        return tuple(step for step in self.steps if step.fields)

    @property
    def state_refusals(self) -> tuple[Refusal, ...]:
        """What the entity refuses because of its state."""
        found = [
            refusal_of(each.name, each.refusal_class, each.refusal_code)
            for each in self.changes
            if each.is_guarded
        ]
        found += [
            refusal_of(each.name, each.refusal_class, each.refusal_code) for each in self.steps
        ]
        broken = {rule.refusal_class for each in self.changes for rule in each.state_rules}
        found += [
            Refusal(rule.refusal_class, rule.code, rule.demand, rule.path)
            for rule in self.rules
            if rule.refusal_class in broken
        ]
        if self.removal.is_guarded:
            removal = self.removal
            found.append(refusal_of("remove", removal.refusal_class, removal.refusal_code))
        found += [each for part in self.parts for each in part.state_refusals]
        return tuple(found)

    @property
    def state_refusal_names(self) -> str:
        return ", ".join(each.name for each in self.state_refusals)

    @property
    def imported_domain(self) -> str:
        refusals = (each.name for each in self.state_refusals)
        return ", ".join([self.imported_entities, *refusals])

    @property
    def imported_entities(self) -> str:
        parts = (name for part in self.parts for name in (part.name, *part.constants))
        return ", ".join([self.name, *parts])

    @property
    def is_checked_as_a_whole(self) -> bool:
        """Whether a new one may break a rule that none of its fields breaks."""
        return bool(self.rules or self.parts)

    @property
    def broken_on_creation(self) -> str:
        """What may be wrong with a new one as a whole, in words."""
        found = [
            *(["several fields"] if self.rules else []),
            *(["its parts"] if self.parts else []),
        ]
        return f"a rule over {' or over '.join(found)} is broken"

    @property
    def shown(self) -> tuple[FieldView, ...]:
        """Its own fields that answers have."""
        return tuple(field for field in self.fields if not field.is_sensitive)

    @property
    def shown_later(self) -> tuple[FieldView, ...]:
        """What transitions ask for and answers have."""
        return tuple(field for field in self.transition_fields if not field.is_sensitive)

    @property
    def hidden(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.is_sensitive)
