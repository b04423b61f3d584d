"""Computes what the list of an aggregate can be asked for: filters, sorts, and the indexes for both."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from . import names, values
from .checks import reads
from .columns import LARGEST_INTEGER, string_room
from .examples import example
from .field_types import DecimalField, EmailField, EnumField, IntegerField, RefField, StringField
from .field_view import has_name_of_id
from .literals import day_literal, literal, moment_literal
from .view import CriterionView, FilterView, GivenValue, IndexView, ListingView, SortView
from .view.reads import column_of
from .walk import attribute, type_name

if TYPE_CHECKING:
    from .models import Page
    from .view import FieldView
    from .walk import AggregateHere

LONGEST_ACTOR: Final = 255
LARGEST_BIG_INTEGER: Final = 2**53 - 1
PLAIN: Final = {"boolean": "bool", "date": "date", "datetime": "datetime", "integer": "int"}
"""Types whose values in an input are Python's own."""
QUERY: Final = {
    "boolean": "YesOrNo",
    "date": "Day",
    "datetime": "Moment",
    "decimal": "ExactDecimal",
    "ref": "UUID",
    "uuid": "UUID",
    "email": "EmailLike",
}
"""Types of parameters that need to know nothing of the field."""
WRONG: Final = {
    "boolean": '"perhaps"',
    "date": '"someday"',
    "datetime": '"someday"',
    "decimal": '"no"',
    "enum": '"unheard of"',
    "integer": '"many"',
    "ref": '"none"',
    "state": '"unheard of"',
    "uuid": '"none"',
}
"""What is no value of a type, as code; any other text may not contain NUL."""
NUL: Final = r'"\0"'
LEAST: Final = {"date": "1000-01-01", "datetime": "1000-01-01T00:00:00Z"}
GREATEST: Final = {"date": "9000-01-01", "datetime": "9000-01-01T00:00:00Z"}
REVERSED: Final = {"at_least": "at_most", "at_most": "at_least"}


def listing(
    here: AggregateHere,
    page: Page,
    fields: tuple[FieldView, ...],
    sets: list[dict[str, Any]],
    *,
    is_owned: bool,
) -> ListingView:
    """Return what a list is asked for. ``sets`` are good values of all fields, several times."""
    given = here.aggregate.reads
    by_name = {field.name: field for field in fields}
    return ListingView(
        entity=here.aggregate.name,
        plural_class=names.pascal(here.plural),
        id_class=f"{here.aggregate.name}Id",
        is_paged=given.page == "total",
        is_owned=is_owned,
        is_searched=bool(given.filter) or "sort" in given.model_fields_set,
        filters=tuple(
            FilterBuilder(here, page, name, by_name.get(name), sets).build()
            for name in given.filter
        ),
        sorts=tuple(sort(here, name) for name in given.sort),
    )


def sort(here: AggregateHere, name: str) -> SortView:
    column = column_name(here, name)
    wire = names.camel(column)
    return SortView(name, column, ascending=wire, descending=f"-{wire}")


def sorted_alike(here: AggregateHere, fields: tuple[FieldView, ...]) -> tuple[FieldView, ...]:
    """Let texts by which a list is sorted have the same order in each database."""
    return tuple(
        replace(
            field,
            columns=tuple(
                replace(column, type=column.type.replace(")", ', collation="C")'))
                if column.type.startswith("String(")
                else column
                for column in field.columns
            ),
        )
        if field.name in here.aggregate.reads.sort
        else field
        for field in fields
    )


class FilterBuilder:
    """Makes the view of one filter."""

    def __init__(
        self,
        here: AggregateHere,
        page: Page,
        name: str,
        field: FieldView | None,
        sets: list[dict[str, Any]],
    ) -> None:
        self._here = here
        self._page = page
        self._name = name
        self._field = field
        self._spec = here.aggregate.fields.get(name)
        self._sets = sets
        self._column = column_name(here, name)
        self._kind = self._kind_of()
        self._is_typed = self._kind in ("ref", "uuid", "owner") or (
            self._spec is not None and has_name_of_id(self._column, self._spec)
        )

    def build(self) -> FilterView:
        """Compute the whole view."""
        wire = names.camel(self._column)
        has_range = len(reads.parameters(self._here, self._name)) > 1
        criteria = [self._one_of(wire)]
        if has_range:
            criteria += [
                self._bound("at_least", f"{self._column}_from", f"{wire}From"),
                self._bound("at_most", f"{self._column}_to", f"{wire}To"),
            ]
        return FilterView(
            name=self._name,
            column=self._column,
            parameter=wire,
            annotation=self._query_type(),
            has_range=has_range,
            from_parameter=f"{wire}From" if has_range else "",
            to_parameter=f"{wire}To" if has_range else "",
            example=self._example(),
            is_typed=self._is_typed,
            criteria=tuple(criteria),
        )

    def _kind_of(self) -> str:
        if self._spec is not None:
            return type_name(self._spec)
        return {"state": "state", "owner_id": "owner"}.get(self._name, "datetime")

    def _one_of(self, wire: str) -> CriterionView:
        name = self._column
        query, given = f"query.{name}", f"params.{name}"
        if self._is_typed:
            made = "" if self._kind == "enum" else ".from_trusted"
            query = f"[{self._id_class()}{made}(each) for each in {query}]"
            given = f"[each.value for each in {given}]"
        return CriterionView(
            attribute=name,
            parameter=wire,
            comparison="one_of",
            input_annotation=f"Sequence[{self._id_class() if self._is_typed else self._input_type()}]",
            query_annotation=f"AnyOf[{self._query_type()}]",
            passed=query,
            compared=f"one_of({column_of(name)}, {given})",
            found=self._given(self._first(), is_typed=self._is_typed),
            missed=self._given(self._other(), is_typed=self._is_typed),
            wrong=WRONG.get(self._kind, NUL),
        )

    def _bound(self, comparison: str, name: str, wire: str) -> CriterionView:
        first = self._first()
        extreme = self._extreme(comparison)
        return CriterionView(
            attribute=name,
            parameter=wire,
            comparison=comparison,
            input_annotation=f"{self._input_type()} | None",
            query_annotation=f"{self._query_type()} | None",
            passed=f"query.{name}",
            compared=f"{comparison}({column_of(self._column)}, params.{name})",
            found=self._given(self._reached(comparison)),
            missed=None if extreme == first else self._given(extreme),
            wrong=WRONG.get(self._kind, NUL),
        )

    def _query_type(self) -> str:
        """Return the type of a value in the query of a request."""
        spec = self._spec
        if self._kind == "state":
            return f"Literal[{', '.join(map(literal, self._here.states))}]"
        if isinstance(spec, EnumField) and self._field and self._field.wire_type:
            return self._field.wire_type.alias
        if isinstance(spec, IntegerField):
            return "IntegerLike" if integer_bound(spec) == LARGEST_INTEGER else "BigIntegerLike"
        if self._kind in QUERY:
            return QUERY[self._kind]
        longest = LONGEST_ACTOR
        if spec is not None:
            longest = string_room(spec) if isinstance(spec, StringField) else values.LONGEST_URL
        return f"Annotated[Text, Field(max_length={longest})]"

    def _input_type(self) -> str:
        return {"decimal": "Decimal", **PLAIN}.get(self._kind, "str")

    def _id_class(self) -> str:
        return self._field.class_name if self._field else "ActorId"

    def _example(self) -> Any:
        if self._spec is not None:
            return example(self._name, self._spec, self._page)
        if self._kind == "state":
            return self._here.states[0]
        return "ada" if self._kind == "owner" else LEAST["datetime"]

    def _first(self) -> Any:
        """Return what the first aggregate of a test has, in JSON; None where that is not known."""
        if self._spec is not None:
            return self._sets[0][self._name]
        if self._kind == "state":
            return self._here.states[0]
        return "ada" if self._kind == "owner" else None

    def _other(self) -> Any:
        """Return what the first aggregate of a test does not have; None where there is nothing else."""
        if self._spec is not None:
            others = [each[self._name] for each in self._sets[::-1]]
            if isinstance(self._spec, RefField):  # those of the tests may all point to nothing
                others.append(example(self._name, self._spec, self._page))
            return next((each for each in others if each not in (None, self._first())), None)
        if self._kind == "state":
            return next(iter(self._here.states[1:]), None)
        return "bob" if self._kind == "owner" else LEAST["datetime"]

    def _reached(self, comparison: str) -> Any:
        """Return a bound that the first aggregate of a test is within: its own value, if it is known."""
        return self._extreme(REVERSED[comparison]) if self._name == "created_at" else self._first()

    def _extreme(self, comparison: str) -> Any:
        """Return a bound that nothing usual is within."""
        if isinstance(self._spec, IntegerField):
            most = integer_bound(self._spec)
            return most if comparison == "at_least" else -most - 1
        if isinstance(self._spec, DecimalField):
            most_decimal = values.most_of(self._spec) + Decimal(1)
            return f"{most_decimal:f}" if comparison == "at_least" else f"{-most_decimal:f}"
        return (GREATEST if comparison == "at_least" else LEAST)[self._kind]

    def _given(self, value: Any, *, is_typed: bool = False) -> GivenValue | None:
        if value is None:
            return None
        return GivenValue(json=literal(value), input=self._as_input(value, is_typed=is_typed))

    def _as_input(self, value: Any, *, is_typed: bool) -> str:
        if is_typed:
            return f"{self._id_class()}.parse({literal(value)})"
        if self._kind == "decimal":
            return f"Decimal({literal(value)})"
        if self._kind == "date":
            return day_literal(value)
        if self._kind == "datetime":
            return moment_literal(value)
        return literal(value.lower() if isinstance(self._spec, EmailField) else value)


def integer_bound(spec: IntegerField) -> int:
    """Return the largest number that can be compared with the column of a field."""
    is_small = spec.min >= -LARGEST_INTEGER - 1 and spec.max <= LARGEST_INTEGER
    return LARGEST_INTEGER if is_small else LARGEST_BIG_INTEGER


def column_name(here: AggregateHere, name: str) -> str:
    spec = here.aggregate.fields.get(name)
    return attribute(name, spec) if spec else name


def indexes(here: AggregateHere, *, has_owner: bool) -> tuple[IndexView, ...]:
    """Return what is unique, an index for each filter and sort, and one for each local ref.

    The owner comes first where lists are those of one owner; the id last, to break ties.
    """
    spec, table = here.aggregate, here.table
    found: dict[tuple[str, ...], IndexView] = {}

    def add(prefix: str, columns: list[str], *, is_unique: bool) -> None:
        name = f"{prefix}_{table}_{'_'.join(columns)}"
        found.setdefault(tuple(columns), IndexView(name, tuple(columns), is_unique))

    for name, field in spec.fields.items():
        if field.unique:
            add("uq", [attribute(name, field)], is_unique=True)
    for group in spec.unique_together:
        add("uq", [column_name(here, each) for each in group], is_unique=True)
    owner = ["owner_id"] if has_owner else []
    for name in (*spec.reads.sort, *spec.reads.filter):
        column = column_name(here, name)
        add("ix", [*(each for each in owner if each != column), column, "id"], is_unique=False)
        if owner and column != "owner_id":
            add("ix", [column, "id"], is_unique=False)
    asked = (
        [step.with_.items() for step in here.lifecycle.transitions.values()]
        if here.lifecycle
        else []
    )
    for name, field in (*spec.fields.items(), *(each for items in asked for each in items)):
        home = field.to.rpartition(".")[0] if isinstance(field, RefField) else None
        if home in ("", here.context.name):
            column = attribute(name, field)
            if not any(columns[0] == column for columns in found):
                add("ix", [column], is_unique=False)
    return tuple(found.values())
