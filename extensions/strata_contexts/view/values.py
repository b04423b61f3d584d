"""Values of several fields, which contexts share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import names
from ..literals import literal
from .fields import wire_types, written_parameters
from .given import Given
from .rules import repairs_of

if TYPE_CHECKING:
    from .fields import FieldSample, FieldView, SampleView, ValueObject, WireType
    from .rules import RuleView


@dataclass(frozen=True)
class InnerView:
    """A field of a value, as the code of the value has it.

    ``parameters`` are what ``parse`` takes for it, each with its annotation: two of them for money.
    ``local`` is what ``parse`` calls it once it is good. ``trusted_parameters`` are what was stored.
    """

    field: FieldView
    local: str
    parameters: tuple[tuple[str, str], ...]
    parse_call: str
    arguments: str
    """What ``parse`` gets of an input that is called ``data``."""
    trusted_parameters: tuple[tuple[str, str], ...]
    trusted_call: str
    stored: str
    """What ``from_trusted`` gets of a value, as its row would have it."""

    @property
    def is_parsed(self) -> bool:
        return self.parse_call != self.local


@dataclass(frozen=True)
class BrokenRule:
    """A rule of a value, with the call that breaks it."""

    rule: RuleView
    arguments: str
    """The names of its fields in ``parse``."""
    parameters: str
    """The parameters of the function that requires it."""
    call: str
    kept_calls: tuple[str, ...]
    """Calls for values that keep it with no more than it asks for."""


@dataclass(frozen=True)
class ValueView(Given):
    """A value of several fields that contexts share.

    For ``PostalAddress``: ``snake`` is ``postal_address``, ``label`` ``postal address``, and
    ``labelled_snake`` ``a_postal_address``.
    """

    name: str
    snake: str
    label: str
    doc: str
    fields: tuple[FieldView, ...]
    inner: tuple[InnerView, ...]
    rules: tuple[BrokenRule, ...]
    value_objects: tuple[ValueObject, ...]
    sample: SampleView
    """A good one, by its fields."""
    good: FieldSample
    """The same as a whole."""
    least: FieldSample
    """One without anything that is optional."""
    wrong_call: str
    """The call for one of which every field is refused that can be."""

    # Words

    @property
    def about(self) -> str:
        return self.doc or f"{self.labelled.capitalize()}, which contexts share."

    @property
    def labelled(self) -> str:
        return self.label if self.is_plural else names.article(self.label)

    @property
    def labelled_snake(self) -> str:
        return self.labelled.replace(" ", "_")

    @property
    def plural_label(self) -> str:
        return self.label if self.is_plural else names.spaced(names.plural(self.snake))

    @property
    def is_plural(self) -> bool:
        """Whether one is called like several, as dimensions are."""
        return names.is_plural(self.label)

    @property
    def plural_title(self) -> str:
        return self.plural_label.capitalize()

    # Domain

    @property
    def parameters(self) -> str:
        """The parameters of ``parse``."""
        return written_parameters(pair for each in self.inner for pair in each.parameters)

    @property
    def trusted_parameters(self) -> str:
        return written_parameters(pair for each in self.inner for pair in each.trusted_parameters)

    @property
    def is_parsed(self) -> bool:
        return any(each.is_parsed for each in self.inner)

    @property
    def can_fail(self) -> bool:
        return bool(self.is_parsed or self.rules)

    @property
    def arguments(self) -> str:
        """What ``parse`` gets of an input."""
        return ", ".join(each.arguments for each in self.inner)

    @property
    def stored(self) -> str:
        """What ``from_trusted`` gets of one."""
        return ", ".join(each.stored for each in self.inner)

    # Other layers

    @property
    def shown(self) -> tuple[FieldView, ...]:
        """The fields that answers have."""
        return tuple(field for field in self.fields if not field.is_sensitive)

    @property
    def hidden(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.is_sensitive)

    @property
    def ids(self) -> tuple[str, ...]:
        """The classes of ids from elsewhere, which outputs and repositories name."""
        own = (field.class_name for field in self.fields if field.is_id and field.value_object)
        return tuple(own)

    @property
    def imported_domain(self) -> str:
        return ", ".join([self.name, *self.ids])

    @property
    def imported_classes(self) -> str:
        return ", ".join([self.name, *(each.name for each in self.value_objects)])

    @property
    def wire_types(self) -> tuple[WireType, ...]:
        return wire_types(self.fields)

    @property
    def formats(self) -> tuple[WireType, ...]:
        return tuple(each for each in self.wire_types if each.format)

    # Tests

    @property
    def refusable(self) -> tuple[FieldView, ...]:
        """The fields whose values are refused by a class of their own."""
        return tuple(field for field in self.fields if field.refused and field.value_object)

    @property
    def wrong_fields(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.refused)

    @property
    def repairs(self) -> tuple[str, ...]:
        """Statements that make a body of the fuzz tests keep its rules."""
        return repairs_of([each.rule for each in self.rules], self.snake)

    @property
    def stored_calls(self) -> tuple[str, ...]:
        """Calls for values to be stored: a whole one, and those in which something is missing."""
        least = [self.least.domain] if self.optional else []
        kept = [call for each in self.rules for call in each.kept_calls]
        return tuple(dict.fromkeys([self.good.domain, *least, *kept]))

    @property
    def has_several_stored(self) -> bool:
        return len(self.stored_calls) > 1

    @property
    def optional_in_rules(self) -> tuple[FieldView, ...]:
        """What may be missing, as far as a rule lets it, and is in an output."""
        ruled = {name for each in self.rules for name in each.rule.fields}
        return tuple(f for f in self.shown if f.is_optional and f.attribute in ruled)

    @property
    def optional(self) -> tuple[FieldView, ...]:
        """The fields that may be missing, whatever the others are."""
        ruled = {name for each in self.rules for name in each.rule.fields}
        return tuple(f for f in self.fields if f.is_optional and f.attribute not in ruled)

    @property
    def without(self) -> str:
        """The arguments that leave these empty."""
        return ", ".join(f"{field.input_name}=None" for field in self.optional)

    @property
    def shown_optional(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.optional if not field.is_sensitive)

    @property
    def hidden_attributes(self) -> str:
        return literal([field.attribute for field in self.hidden])

    @property
    def hidden_inputs(self) -> str:
        return literal([field.input_name for field in self.hidden])

    @property
    def shown_attributes(self) -> str:
        return literal([field.attribute for field in self.shown])

    @property
    def has_hooks(self) -> bool:
        """Whether the fuzz tests have to know more than the API document says."""
        return bool(self.formats or self.rules)
