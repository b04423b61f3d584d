"""The parts of an aggregate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from .. import names
from .fields import Answered, FieldView, SampleView
from .given import Given
from .operations import Refusal
from .refs import Pointing

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..columns import Check, Column
    from .access import PermissionView
    from .operations import TransitionView
    from .refs import HiddenTarget
    from .rules import SqlRefusal


OF_ROWS: Final = ("ALL", "LIST", "OWN", "ROWS", "TABLE")
"""What the constants of a repository are called."""


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
    values: str
    """Good values as code, as a list: as many as there must be parts; empty if one is enough."""
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
class PartView(Answered, Given, Pointing):
    """A kind of part. ``key`` is what several are called on the page: ``lines``; ``one`` is ``line``."""

    key: str
    attribute: str
    wire: str
    url: str
    one: str
    variable: str
    """What the code calls one of them: as people do, unless that is something else there."""
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
    local: str
    """What a use case calls them once they are good."""
    removal_cells: tuple[tuple[str, tuple[str, ...], int], ...]
    """The row of the matrix of access for a removal, which points to nothing."""
    hidden_target: HiddenTarget | None
    states: tuple[str, ...]
    """The states in which parts change; empty where there is no lifecycle."""
    whole: str
    """The class of the aggregate."""
    is_refused_when: str
    """The condition in Python under which the state allows no change; empty where each does."""
    allowed_states: str
    """The states in which they change, as a list of the enum's members."""
    refused_states: str
    """The states in which nothing changes, as a list of the enum's members."""
    steps_before: tuple[TransitionView, ...]
    steps_to_refusal: tuple[TransitionView, ...]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]
    sql_refusals: tuple[SqlRefusal, ...]
    given: tuple[SampleView, ...]
    """Those that the aggregates of the tests have; empty if they are too many to be written out."""
    repeated: SampleView | None
    """If so, one of them, which has for what is unique the value of a ``number`` from 0 on."""
    another: SampleView
    """One that can be added to them, or if there is no room, stand in the place of the first."""
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
        return self.variable.upper()

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
    def varies(self) -> bool:
        """Whether parts are added and removed; otherwise there is always the same number."""
        return self.min < self.max

    @property
    def keeps_some(self) -> bool:
        """Whether some are removed, but not all."""
        return self.varies and self.has_least

    @property
    def verbs(self) -> tuple[str, ...]:
        """What can be done with one of them."""
        return ("add", "change", "remove") if self.varies else ("change",)

    @property
    def most_constant(self) -> str:
        return f"MOST_{self.key.upper()}" if self.varies else self.least_constant

    @property
    def least_constant(self) -> str:
        return f"LEAST_{self.key.upper()}" if self.varies else f"NUMBER_OF_{self.key.upper()}"

    @property
    def limits(self) -> tuple[tuple[str, int], ...]:
        """The constants that say how many there are."""
        least = {self.least_constant: self.min} if self.has_least else {}
        return tuple((least | {self.most_constant: self.max}).items())

    @property
    def constants(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.limits)

    @property
    def bounds(self) -> str:
        """The arguments that say how many there are."""
        least = f"least={self.least_constant}, " if self.has_least else ""
        return f"{least}most={self.most_constant}"

    @property
    def refused_because(self) -> str:
        return f"cannot change the {self.plural_label} while the {self.whole_label} is"

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
        found = []
        if self.varies:
            words = self.label_one if self.max == 1 else self.plural_label
            most = f"{self.labelled_whole} has at most {{{self.most_constant}}} {words}"
            found.append(Refusal(self.too_many_class, self.too_many_code, most, is_formatted=True))
        if self.keeps_some:
            words = self.label_one if self.min == 1 else self.plural_label
            least = f"{self.labelled_whole} has at least {{{self.least_constant}}} {words}"
            found.append(Refusal(self.too_few_class, self.too_few_code, least, is_formatted=True))
        if self.is_guarded:
            detail = f"cannot change the {self.plural_label} in this state"
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
        own = self.key.upper()
        return f"_{own}_OF_{names.snake(self.whole).upper()}" if own in OF_ROWS else f"_{own}"

    @property
    def has_table_arguments(self) -> bool:
        return bool(self.checks or self.unique or self.local_refs)

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
        taken = (each.refusal_class for each in self.unique)
        return (*self._guarding, *taken, *(each.refusal_class for each in self.refs))

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
        return len(self.steps_before) + (2 if self.has_room else 1)

    @property
    def version_after_that(self) -> int:
        return self.version_with_one_more + 1

    @property
    def one_too_few(self) -> int:
        return self.min - 1

    @property
    def one_below_most(self) -> int:
        return self.max - 1

    @property
    def one_too_many(self) -> int:
        return self.max + 1

    @property
    def path(self) -> str:
        return f'("{self.attribute}",)'

    @property
    def count(self) -> int:
        """How many the aggregates of the tests have: one, or as many as they need."""
        return max(1, self.min)

    @property
    def has_several(self) -> bool:
        return self.count > 1

    @property
    def has_room(self) -> bool:
        """Whether the aggregates of the tests may have one more."""
        return self.count < self.max

    @property
    def is_single(self) -> bool:
        """Whether there is one or none, so that it has to be left out before it can be added."""
        return self.varies and not self.has_room

    @property
    def in_domain(self) -> str:
        """The parts of the tests' aggregates in the domain."""
        if self.repeated:
            return f"tuple({self._domain(self.repeated)} {self._repeating})"
        listed = ", ".join(map(self._domain, self.given))
        return f"({listed}{',' if len(self.given) == 1 else ''})"

    @property
    def as_input(self) -> str:
        return self._several(self._input)

    @property
    def as_json(self) -> str:
        return self._several(self._json)

    def _several(self, written: Callable[[SampleView], str]) -> str:
        if self.repeated:
            return f"[{written(self.repeated)} {self._repeating}]"
        return f"[{', '.join(map(written, self.given))}]"

    @property
    def _repeating(self) -> str:
        return f"for {'number' if self.unique else '_'} in range({self.count})"

    @property
    def another_in_domain(self) -> str:
        """One more than the tests' aggregates have, or another one in the place of the first."""
        return self._domain(self.another)

    @property
    def another_as_input(self) -> str:
        return self._input(self.another)

    @property
    def another_as_json(self) -> str:
        return self._json(self.another)

    @property
    def removal_access(self) -> PermissionView:
        """Who may remove one. That points to nothing, so nobody has to say who they are."""
        return replace(self.access, asks_who=False)

    @property
    def refused(self) -> str:
        """The constant of the statements that the constraints of its table refuse."""
        return f"REFUSED_OF_{self.key.upper()}"

    @property
    def numbers(self) -> str:
        """The numbers of the parts that an aggregate with a ``number`` has: at least two, if it may."""
        if self.repeated:
            return f"((number + more - 1) % {self.count} + 1 for more in range({self.count}))"
        if self.max == 1:
            return "(number,)"
        more = ("number % 3 + 1", "(number + 1) % 3 + 1")
        return f"({', '.join(['number', *more[: max(1, self.min - 1)]])})"

    @property
    def emptied(self) -> str:
        """The argument that leaves it out, where it could not be added otherwise."""
        return f"{self.attribute}=()" if self.is_single else ""

    @property
    def others(self) -> str:
        """What a test calls the parts behind the first one."""
        return "others" if self.has_several else "_"

    @property
    def more_others(self) -> str:
        return ", *others" if self.has_several else ""

    @property
    def first_input(self) -> str:
        """The input of an aggregate to which one can be added."""
        return f"replace(FIRST, {self.attribute}=[])" if self.is_single else "FIRST"

    @property
    def whole_with_room(self) -> str:
        """The function of the tests that makes an aggregate to which one can be added."""
        own = self.labelled_whole.replace(" ", "_")
        return f"{own}_without_{self.one}" if self.is_single else own

    @property
    def answered(self) -> str:
        """What an aggregate has when one was added."""
        return self.constant if self.is_single else f'*FIRST["{self.wire}"], {self.constant}'

    @property
    def with_wrong_input(self) -> str:
        """The parts of an input, a wrong one among them."""
        return self._with_wrong(f"FIRST.{self.attribute}")

    @property
    def place_of_wrong(self) -> int:
        """Where that one is: the last, or where there is no room for one more, the first."""
        return -1 if self.has_room else 0

    @property
    def index_of_wrong_input(self) -> str:
        return f"len(FIRST.{self.attribute})" if self.has_room else "0"

    @property
    def index_of_wrong_json(self) -> str:
        return f"{{len(FIRST['{self.wire}'])}}" if self.has_room else "0"

    @property
    def with_wrong_json(self) -> str:
        return self._with_wrong(f'FIRST["{self.wire}"]')

    def _with_wrong(self, given: str) -> str:
        if self.has_room:
            return f"[*{given}, wrong]"
        return f"[wrong, *{given}[1:]]" if self.has_several else "[wrong]"

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
        found = [field.repair_inside for field in self.fields if field.repair_inside]
        rules = (repair.replace("(body,", "(each,") for repair in found)
        refs = (f'point_to_created(each, "{ref.wire}", "/{ref.url}")' for ref in self.refs)
        return (*rules, *refs)

    @property
    def has_ruled_values(self) -> bool:
        return any(field.repair_inside for field in self.fields)

    @property
    def index(self) -> str:
        """What the code that creates an aggregate calls the place of one."""
        return self.refs[0].index if self.refs else ""

    @property
    def is_removed_alike(self) -> bool:
        """Whether those who may change one may remove it, and nobody else may."""
        return self.varies and self.removal_cells == self.access.cells

    @property
    def is_removed_by_others(self) -> bool:
        """Whether somebody may remove one and may not change it, because of what it points to."""
        return self.varies and self.removal_cells != self.access.cells

    @property
    def conflict(self) -> str:
        """The function that says why the database refused one."""
        return f"conflict_of_{self.one}"

    @property
    def wrong_input(self) -> str:
        """An input of which each value is refused that can be."""
        given = (f"{each.input_name}={self._wrong(each)}" for each in self.fields)
        return f"{self.name}Input({', '.join(given)})"

    def _wrong(self, field: FieldView) -> str:
        good = self.given[0] if self.given else self.another
        return field.wrong_input if field.refused else good.input[field.attribute]

    def _domain(self, sample: SampleView) -> str:
        given = (f"{each.attribute}={sample.domain[each.attribute]}" for each in self.fields)
        return f"{self.name}(id={self.id_class}.generate(), {', '.join(given)})"

    def _input(self, sample: SampleView) -> str:
        given = (f"{each.input_name}={sample.input[each.attribute]}" for each in self.fields)
        return f"{self.name}Input({', '.join(given)})"

    def _json(self, sample: SampleView) -> str:
        given = (f'"{each.wire}": {sample.json[each.wire]}' for each in self.fields)
        return f"{{{', '.join(given)}}}"
