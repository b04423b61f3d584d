from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from application.paging import Page, Slice
from schemas.base import CamelModel
from schemas.paging import PageQuery, PageResponse, SliceQuery, SliceResponse


@dataclass(frozen=True)
class ItemOutput:
    list_price: int


@dataclass(frozen=True)
class ItemId:
    value: UUID


class ItemResponse(CamelModel):
    list_price: int


def test_a_page_is_made_of_its_items_and_the_total() -> None:
    page = Page(items=[ItemOutput(5)], total=7)

    body = PageResponse[ItemResponse].from_output(page).model_dump(by_alias=True)

    assert body == {"items": [{"listPrice": 5}], "total": 7}


@pytest.mark.parametrize("item_id", [ItemId(uuid4()), None])
def test_a_slice_tells_where_the_next_one_starts(item_id: ItemId | None) -> None:
    part = Slice(items=[ItemOutput(5)], next=item_id)

    body = SliceResponse[ItemResponse].from_output(part).model_dump(by_alias=True)

    assert body == {"items": [{"listPrice": 5}], "next": item_id.value if item_id else None}


def test_by_default_a_list_has_twenty_items_from_the_start() -> None:
    assert PageQuery() == PageQuery(limit=20, offset=0)
    assert SliceQuery() == SliceQuery(limit=20, after=None)


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"offset": 2**31}])
def test_a_page_has_bounds(query: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        PageQuery.model_validate(query)
