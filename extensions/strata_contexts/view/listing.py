"""What the list of an aggregate is asked for, in every layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..literals import literal
from .fields import WireType
from .reads import as_tuple

if TYPE_CHECKING:
    from typing import Final

    from .reads import CriterionView, FilterView, SearchTest, SortView

EXACT_DECIMAL: Final = WireType(
    alias="ExactDecimal",
    annotation="ExactDecimal",
    format="exact-decimal",
    strategy='st.decimals(-999, 999, places=2).map(lambda number: f"{number:f}")',
)


@dataclass(frozen=True)
class ListingView:
    """A list: of pages with a total or of slices, of all or of one owner, and searched or not.

    It ``is_searched`` if it has filters, or sorts that the page of contexts names. Then it is asked for by an
    input of its own; otherwise only a part of it is asked for.
    """

    entity: str
    plural_class: str
    id_class: str
    is_paged: bool
    is_owned: bool
    is_searched: bool
    filters: tuple[FilterView, ...]
    sorts: tuple[SortView, ...]

    # Application

    @property
    def criteria(self) -> tuple[CriterionView, ...]:
        """The parameters of all filters."""
        return tuple(each for one in self.filters for each in one.criteria)

    @property
    def paging(self) -> str:
        """What says which part of the list is asked for."""
        return "PageParams" if self.is_paged else f"SliceParams[{self.id_class}]"

    @property
    def input_class(self) -> str:
        return f"List{self.plural_class}Input"

    @property
    def asked(self) -> str:
        """The type of what is asked for."""
        return self.input_class if self.is_searched else self.paging

    @property
    def imported(self) -> list[str]:
        return [self.input_class] if self.is_searched else []

    @property
    def one_more(self) -> str:
        if self.is_searched:
            return "replace(params, limit=params.limit + 1)"
        return "SliceParams(limit=params.limit + 1, after=params.after)"

    @property
    def in_order(self) -> str:
        if not self.is_searched:
            return "the oldest first"
        return "filtered and sorted as asked" if self.filters else "sorted as asked"

    @property
    def sort_annotation(self) -> str:
        every = (name for each in self.sorts for name in (each.ascending, each.descending))
        return f"Literal[{', '.join(map(literal, every))}]"

    @property
    def default_sort(self) -> str:
        return literal(self.sorts[0].ascending)

    # Infrastructure

    @property
    def sort_columns(self) -> str:
        """The column of each order, as a dictionary."""
        return f"{{{', '.join(each.entry for each in self.sorts)}}}"

    # Schemas and routes

    @property
    def query_class(self) -> str:
        return f"List{self.plural_class}Query"

    @property
    def formats(self) -> tuple[WireType, ...]:
        """The formats of its parameters, for which the fuzz tests need strategies."""
        is_decimal = any(each.annotation == EXACT_DECIMAL.alias for each in self.filters)
        return (EXACT_DECIMAL,) if is_decimal else ()

    @property
    def query_base(self) -> str:
        return "PageQuery" if self.is_paged else "SliceQuery"

    @property
    def dependency(self) -> str:
        """What gives a route what is asked for."""
        return f"{self.input_class}Dep" if self.is_searched else f"{self.entity}SliceDep"

    @property
    def is_plain_slice(self) -> bool:
        return not (self.is_paged or self.is_searched)

    @property
    def is_plain_page(self) -> bool:
        return self.is_paged and not self.is_searched

    @property
    def page_parameter(self) -> str:
        """How the route of a list with pages takes what is asked for."""
        if self.is_searched:
            return f"params: {self.dependency}"
        return "page: Annotated[PageQuery, Query()]"

    @property
    def continued(self) -> str:
        """How a client goes on, for the API document."""
        if not self.is_searched:
            return "Continue with `after={next}`."
        same = "filters and the same sort" if self.filters else "sort"
        return f"Continue with `after={{next}}` and the same {same}."

    # Tests

    @property
    def contracts(self) -> list[str]:
        """The contracts that a repository with this list keeps."""
        kind = "Page" if self.is_paged else "Slice"
        if not self.is_searched:
            return [f"{'Owned' if self.is_owned else ''}{kind}Contract"]
        found = [f"Searched{kind}Contract"]
        found += ["FilterContract"] if self.filters else []
        found += ["RangeContract"] if self.range_names else []
        found += ["OwnedSearchContract"] if self.is_owned else []
        return [*found, "PlanContract"]

    @property
    def whole(self) -> str:
        """Asks for the start of the list."""
        return self._part("9", "0", "None")

    @property
    def first_one(self) -> str:
        return self._part("1", "0", "None")

    @property
    def second_one(self) -> str:
        """Asks for what follows the slice ``first``, or the first page."""
        return self._part("1", "1", "first.next")

    @property
    def searched(self) -> str:
        """Asks for the start of the list and for what a test adds."""
        return f"{self.whole.removesuffix(')')}, **given)"

    @property
    def sorted(self) -> str:
        """Asks for the start of the list in the order ``each``."""
        return f"{self.whole.removesuffix(')')}, sort=each)"

    def _part(self, limit: str, offset: str, after: str) -> str:
        kind = self.asked.partition("[")[0]
        place = f"offset={offset}" if self.is_paged else f"after={after}"
        return f"{kind}(limit={limit}, {place})"

    @property
    def searches(self) -> tuple[SearchTest, ...]:
        return tuple(each for one in self.criteria for each in one.searches)

    @property
    def filter_names(self) -> str:
        """The attributes by which it is filtered, as a tuple."""
        return as_tuple(tuple(each.column for each in self.filters))

    @property
    def id_names(self) -> str:
        """The attributes among them that are ids, as a tuple; empty if there are none."""
        found = tuple(each.column for each in self.filters if each.is_typed)
        return as_tuple(found) if found else ""

    @property
    def range_names(self) -> str:
        """The attributes among them that have ranges, as a tuple; empty if there are none."""
        found = tuple(each.column for each in self.filters if each.has_range)
        return as_tuple(found) if found else ""

    @property
    def sort_names(self) -> str:
        """The attributes by which it is sorted, as a tuple."""
        return as_tuple(tuple(each.column for each in self.sorts))
