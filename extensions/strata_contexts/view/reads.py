"""What lists are filtered and sorted by, and what is unique."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..literals import literal

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class IndexView:
    """An index, or a unique constraint, with its name in PostgreSQL."""

    name: str
    columns: tuple[str, ...]
    is_unique: bool

    @property
    def written_columns(self) -> str:
        return ", ".join(map(literal, self.columns))


@dataclass(frozen=True)
class UniqueView:
    """Fields that no two rows have in common, with the refusal of the second one."""

    columns: tuple[str, ...]
    fields: tuple[str, ...]
    refusal_class: str
    refusal_code: str
    detail: str
    path: tuple[str, ...]
    is_copied: bool
    """Whether a copy of an aggregate of the tests has the same."""
    is_free: bool
    """Whether another aggregate of the tests may have the same, for all that rules say."""

    @property
    def written_columns(self) -> str:
        return as_tuple(self.columns)

    @property
    def has_path(self) -> bool:
        return bool(self.path)

    @property
    def written_path(self) -> str:
        return as_tuple(self.path)


@dataclass(frozen=True)
class CriterionView:
    """A parameter of a list, with what it is in each layer: one of a filter's, or of its range.

    ``compared`` is the call by which a repository compares its column. ``found`` is a value that the
    first aggregate of a test has, and ``missed`` one that it does not have, each as a client and as a
    use case give it; None where there is no such value. ``wrong`` is what no client may give.
    """

    attribute: str
    parameter: str
    comparison: str
    input_annotation: str
    query_annotation: str
    passed: str
    compared: str
    found: GivenValue | None
    missed: GivenValue | None
    wrong: str

    @property
    def is_repeatable(self) -> bool:
        return self.comparison == "one_of"

    @property
    def input_default(self) -> str:
        return "()" if self.is_repeatable else "None"

    @property
    def query_default(self) -> str:
        return "" if self.is_repeatable else " = None"

    @property
    def wrong_query(self) -> str:
        return f"{{{literal(self.parameter)}: {self.wrong}}}"

    @property
    def wrong_place(self) -> str:
        return f"{self.parameter}.0" if self.is_repeatable else self.parameter

    @property
    def searches(self) -> tuple[SearchTest, ...]:
        """What a test asks for, and of how many it is true: one or none."""
        found = [self._search((self.found,), 1)] if self.found else []
        found += [self._search((self.missed,), 0)] if self.missed else []
        if self.is_repeatable and self.found and self.missed:
            found.append(self._search((self.missed, self.found), 1))
        return tuple(found)

    def _search(self, values: tuple[GivenValue, ...], count: int) -> SearchTest:
        json = ", ".join(each.json for each in values)
        given = ", ".join(each.input for each in values)
        if self.is_repeatable:
            given = f"({given}{',' if len(values) == 1 else ''})"
        json = f"[{json}]" if len(values) > 1 else json
        return SearchTest(
            query=f"{{{literal(self.parameter)}: {json}}}",
            given=f"{{{literal(self.attribute)}: {given}}}",
            count=count,
        )


@dataclass(frozen=True)
class GivenValue:
    """A value as code: what a client gives, and what a use case is given."""

    json: str
    input: str


@dataclass(frozen=True)
class SearchTest:
    """What a test asks a list for, as dictionaries in Python, and how many it finds."""

    query: str
    given: str
    count: int


@dataclass(frozen=True)
class FilterView:
    """A filter of a list: equality, repeatable, and a range where the type has an order."""

    name: str
    column: str
    parameter: str
    annotation: str
    has_range: bool
    from_parameter: str
    to_parameter: str
    example: Any
    is_typed: bool
    """Whether its values are ids, each of a class of its own."""
    criteria: tuple[CriterionView, ...]


@dataclass(frozen=True)
class SortView:
    """An order of a list, with the names that clients give it."""

    name: str
    column: str
    ascending: str
    descending: str

    @property
    def entry(self) -> str:
        """Its column in a repository, by the name that clients give it."""
        return f"{literal(self.ascending)}: {column_of(self.column)}"


COLLECTION = frozenset(
    ("add", "clear", "compare", "extend", "get", "items", "keys", "remove", "update", "values")
)
"""What the columns of a table have as methods."""


def column_of(name: str) -> str:
    """Write a column of a repository's table."""
    return f"_TABLE.c[{literal(name)}]" if name in COLLECTION else f"_TABLE.c.{name}"


def as_tuple(texts: tuple[str, ...]) -> str:
    """Write some texts as a tuple in Python."""
    return f"({', '.join(map(literal, texts))}{',' if len(texts) == 1 else ''})"


def written_groups(unique: Iterable[UniqueView]) -> str:
    """Write groups of fields as a tuple in Python."""
    groups = [each.written_columns for each in unique]
    return f"({', '.join(groups)}{',' if len(groups) == 1 else ''})"
