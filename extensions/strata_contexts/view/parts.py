"""The parts of an aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import names
from .fields import Answered, FieldView, SampleView
from .operations import Refusal

if TYPE_CHECKING:
    from ..columns import Check, Column
    from .access import PermissionView
    from .operations import TransitionView
    from .rules import SqlRefusal


@dataclass(frozen=True)
class UniquePartView:
    """A field that no two parts of one aggregate have in common, with the refusal of the second one."""

    attribute: str
    wire: str
    label: str
    refusal_class: str
    refusal_code: str
    detail: str
    is_optional: bool
    taken_when: str
    """The condition in Python under which one of ``others`` has it."""


@dataclass(frozen=True)
class ToldOfPart:
    """A value that the domain refuses, as code, with the place and the code of the fault in a part."""

    wire: str
    value: str
    place: str
    code: str


@dataclass(frozen=True)
class PartView(Answered):
    """A kind of part. ``key`` is what several are called on the page: ``lines``; ``one`` is ``line``."""

    key: str
    attribute: str
    wire: str
    url: str
    one: str
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
    unique: tuple[UniquePartView, ...]
    id_class: str
    permission: PermissionView | None
    access: PermissionView
    states: tuple[str, ...]
    """The states in which parts change; empty where there is no lifecycle."""
    whole: str
    """The class of the aggregate."""
    is_refused_when: str
    """The condition in Python under which the state allows no change; empty where each does."""
    refused_states: str
    """The states in which nothing changes, as a list of the enum's members."""
    steps_before: tuple[TransitionView, ...]
    steps_to_refusal: tuple[TransitionView, ...]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]
    sql_refusals: tuple[SqlRefusal, ...]
    samples: tuple[SampleView, ...]
    """Good values, each time others."""
    numbered: dict[str, str]
    """The value of each field for a ``number``, by attribute."""

    # Words

    @property
    def label_one(self) -> str:
        return names.spaced(self.one)

    @property
    def labelled_one(self) -> str:
        return names.article(self.label_one)

    @property
    def labelled_snake(self) -> str:
        return self.labelled_one.replace(" ", "_")

    @property
    def whole_label(self) -> str:
        return names.spaced(self.whole)

    @property
    def labelled_whole(self) -> str:
        return names.article(self.whole_label)

    @property
    def about(self) -> str:
        return self.doc or f"A part of {self.labelled_whole}, and never without one."

    @property
    def constant(self) -> str:
        return self.one.upper()

    # Domain

    @property
    def is_guarded(self) -> bool:
        return bool(self.is_refused_when)

    @property
    def is_change_refused(self) -> bool:
        return bool(self.is_guarded or self.unique)

    @property
    def is_removal_refused(self) -> bool:
        return self.is_guarded or self.has_least

    @property
    def has_least(self) -> bool:
        return self.min > 0

    @property
    def most_constant(self) -> str:
        return f"MOST_{self.key.upper()}"

    @property
    def least_constant(self) -> str:
        return f"LEAST_{self.key.upper()}"

    @property
    def constants(self) -> tuple[str, ...]:
        return (
            (self.least_constant, self.most_constant) if self.has_least else (self.most_constant,)
        )

    @property
    def bounds(self) -> str:
        """The arguments that say how many there are."""
        least = f"least={self.least_constant}, " if self.has_least else ""
        return f"{least}most={self.most_constant}"

    @property
    def refused_because(self) -> str:
        return f"cannot change the {self.plural_label} of {self.labelled_whole} that is"

    @property
    def several(self) -> str:
        return names.pascal(self.table)

    @property
    def refusal_class(self) -> str:
        return f"CannotChange{self.several}Error"

    @property
    def refusal_code(self) -> str:
        return f"cannot_change_{self.table}"

    @property
    def too_many_class(self) -> str:
        return f"TooMany{self.several}Error"

    @property
    def too_many_code(self) -> str:
        return f"too_many_{self.table}"

    @property
    def too_few_class(self) -> str:
        return f"TooFew{self.several}Error"

    @property
    def too_few_code(self) -> str:
        return f"too_few_{self.table}"

    @property
    def missing_class(self) -> str:
        return f"{self.name}NotFoundError"

    @property
    def missing_code(self) -> str:
        return f"{self.snake}_not_found"

    @property
    def state_refusals(self) -> tuple[Refusal, ...]:
        """What the aggregate refuses because of the parts that it has, or of its state."""
        most = f"{self.labelled_whole} has at most {{{self.most_constant}}} {self.plural_label}"
        found = [Refusal(self.too_many_class, self.too_many_code, most, is_formatted=True)]
        if self.has_least:
            words = self.label_one if self.min == 1 else self.plural_label
            least = f"{self.labelled_whole} has at least {{{self.least_constant}}} {words}"
            found.append(Refusal(self.too_few_class, self.too_few_code, least, is_formatted=True))
        if self.is_guarded:
            detail = f"cannot change its {self.plural_label} in its state"
            found.append(Refusal(self.refusal_class, self.refusal_code, detail))
        found += [
            Refusal(each.refusal_class, each.refusal_code, each.detail, f'("{each.attribute}",)')
            for each in self.unique
        ]
        return tuple(found)

    # Application

    @property
    def shown(self) -> tuple[FieldView, ...]:
        """The fields that answers have."""
        return tuple(field for field in self.fields if not field.is_sensitive)

    @property
    def is_parsed(self) -> bool:
        return any(field.is_parsed for field in self.fields)

    # Infrastructure

    @property
    def rows(self) -> str:
        return f"_{self.key.upper()}"

    @property
    def has_table_arguments(self) -> bool:
        return bool(self.checks or self.unique)

    @property
    def declared_checks(self) -> tuple[tuple[str, str], ...]:
        start = len(f"ck_{self.table}_")
        return tuple((check.name[start:], check.sql_python) for check in self.checks)

    # Schemas and routes

    @property
    def input_of_each(self) -> str:
        """Makes the input of what is in a request that creates."""
        given = (f"{each.input_name}={each.payload_call_of_each}" for each in self.fields)
        return f"{self.name}Input({', '.join(given)})"

    @property
    def id_parameter(self) -> str:
        return f"{names.camel(self.one)}Id"

    @property
    def url_id(self) -> str:
        return f"{{{self.id_parameter}}}"

    @property
    def request_annotation(self) -> str:
        """Its type in the request that creates, with its default."""
        if self.has_least:
            limits = f"min_length={self.min}, max_length={self.max}"
            return f"Annotated[list[{self.name}Request], Field({limits})]"
        return f"list[{self.name}Request] = Field(default=[], max_length={self.max})"

    @property
    def add_responses(self) -> str:
        return self._responses(self.too_many_class, *self._changing)

    @property
    def change_responses(self) -> str:
        return self._responses(self.missing_class, *self._changing)

    @property
    def remove_responses(self) -> str:
        few = (self.too_few_class,) if self.has_least else ()
        return self._responses(self.missing_class, *few, *self._guarding)

    @property
    def _guarding(self) -> tuple[str, ...]:
        return (self.refusal_class,) if self.is_guarded else ()

    @property
    def _changing(self) -> tuple[str, ...]:
        return (*self._guarding, *(each.refusal_class for each in self.unique))

    def _responses(self, *refusals: str) -> str:
        own = [self.access.constant] if self.access.is_checked else []
        if not self.access.is_hidden:
            own.append(f"{self.whole}NotFoundError")
        return f"VERSIONED | problems({', '.join([*own, *refusals])})"

    # Tests

    @property
    def missing(self) -> tuple[FieldView, ...]:
        """The fields that may be missing."""
        return tuple(field for field in self.fields if field.is_optional)

    @property
    def without(self) -> str:
        """The arguments that leave them empty."""
        return ", ".join(f"{field.input_name}=None" for field in self.missing)

    @property
    def steps_and_itself(self) -> int:
        return len(self.steps_before) + 1

    @property
    def version_with_one_more(self) -> int:
        return len(self.steps_before) + 2

    @property
    def version_after_that(self) -> int:
        return len(self.steps_before) + 3

    @property
    def one_too_many(self) -> int:
        return self.max + 1

    @property
    def path(self) -> str:
        return f'("{self.attribute}",)'

    @property
    def given(self) -> tuple[SampleView, ...]:
        """Those that the aggregates of the tests have: one, or as many as they need."""
        return self.samples[: max(1, self.min)]

    @property
    def in_domain(self) -> str:
        """The parts of the tests' aggregates in the domain."""
        listed = ", ".join(map(self._domain, self.given))
        return f"({listed}{',' if len(self.given) == 1 else ''})"

    @property
    def as_input(self) -> str:
        return f"[{', '.join(map(self._input, self.given))}]"

    @property
    def as_json(self) -> str:
        return f"[{', '.join(map(self._json, self.given))}]"

    @property
    def another_in_domain(self) -> str:
        """One more than the tests' aggregates have."""
        return self._domain(self.samples[len(self.given)])

    @property
    def another_as_input(self) -> str:
        return self._input(self.samples[len(self.given)])

    @property
    def another_as_json(self) -> str:
        return self._json(self.samples[len(self.given)])

    @property
    def numbers(self) -> str:
        """The numbers of the parts that an aggregate with a ``number`` has, at least two."""
        more = ("number % 3 + 1", "(number + 1) % 3 + 1")
        return f"({', '.join(['number', *more[: max(1, self.min - 1)]])})"

    @property
    def wrong_fields(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.refused)

    @property
    def refusable(self) -> tuple[FieldView, ...]:
        """The fields whose values are refused by a class of their own, each class once."""
        each = [one for field in self.fields for one in (field, field.item) if one]
        found = {one.class_name: one for one in each if one.refused and one.value_object}
        return tuple(found.values())

    @property
    def valued(self) -> tuple[FieldView, ...]:
        """The fields whose values have fields that can be wrong."""
        return tuple(field for field in self.fields if field.wrong_inside)

    @property
    def told(self) -> tuple[ToldOfPart, ...]:
        """What the domain refuses, and no type of a request before it: one fault of each field."""
        return tuple(
            ToldOfPart(
                wire=field.wire,
                value=field.told_in(self.constant),
                place=field.told_pointer.removeprefix("#/"),
                code=field.told_code,
            )
            for field in self.fields
            if field.is_told
        )

    @property
    def repairs(self) -> tuple[str, ...]:
        """Statements that make ``each`` part in a body of the fuzz tests keep the rules of its values."""
        found = (field.repair_inside for field in self.fields if field.repair_inside)
        return tuple(repair.replace("(body,", "(each,") for repair in found)

    @property
    def wrong_input(self) -> str:
        """An input of which each value is refused that can be."""
        given = (f"{each.input_name}={self._wrong(each)}" for each in self.fields)
        return f"{self.name}Input({', '.join(given)})"

    def _wrong(self, field: FieldView) -> str:
        return field.wrong_input if field.refused else self.samples[0].input[field.attribute]

    def _domain(self, sample: SampleView) -> str:
        given = (f"{each.attribute}={sample.domain[each.attribute]}" for each in self.fields)
        return f"{self.name}(id={self.id_class}.generate(), {', '.join(given)})"

    def _input(self, sample: SampleView) -> str:
        given = (f"{each.input_name}={sample.input[each.attribute]}" for each in self.fields)
        return f"{self.name}Input({', '.join(given)})"

    def _json(self, sample: SampleView) -> str:
        given = (f'"{each.wire}": {sample.json[each.wire]}' for each in self.fields)
        return f"{{{', '.join(given)}}}"
