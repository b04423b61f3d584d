from decimal import Decimal

import pytest

from domain.catalog.value_objects.book import Isbn, Price, Year
from domain.shared import DomainError, Fault, InvalidInputError


@pytest.mark.parametrize("raw", ["9780306406157", "978-0-306-40615-7", "979 1 03 6700 15 6"])
def test_an_isbn_is_kept_without_its_separators(raw: str) -> None:
    assert Isbn.parse(raw).value.isdecimal()


@pytest.mark.parametrize(
    "raw", ["", "9780306406158", "0306406152", "978--0306406157", "977030640615"]
)
def test_what_is_no_isbn_is_refused(raw: str) -> None:
    with pytest.raises(DomainError) as refusal:
        Isbn.parse(raw)

    assert refusal.value.code == "invalid_isbn"


def test_a_price_is_exact() -> None:
    price = Price.parse("0.1", "EUR")

    assert price == Price.from_trusted(Decimal("0.10"), "EUR")


def test_a_price_may_be_wrong_in_both_parts() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        Price.parse("-1", "euro")

    assert refusal.value.faults == [
        Fault("too_small", "at least 0", ("amount",)),
        Fault("invalid_currency", "a currency has three capital letters", ("currency",)),
    ]


@pytest.mark.parametrize("raw", [1449, 2101])
def test_nothing_is_printed_in_other_times(raw: int) -> None:
    with pytest.raises(DomainError):
        Year.parse(raw)
