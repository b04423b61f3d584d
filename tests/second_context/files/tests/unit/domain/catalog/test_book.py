from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.actors import ActorId
from domain.catalog.book import (
    MAX_EDITIONS,
    Book,
    LabelTakenError,
    NotADraftError,
    NotPublishedError,
    TooManyEditionsError,
    WithdrawnError,
)
from domain.catalog.value_objects.book import (
    Amount,
    BookStatus,
    Currency,
    EditionLabel,
    Isbn,
    Price,
    Title,
    Year,
)
from domain.shared import DomainError, InvalidInputError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PRICE = Price.parse("12.50", "EUR")


def a_book() -> Book:
    isbn = Isbn.parse("978-0-306-40615-7")
    return Book.create(ActorId.parse("ada"), isbn, Title.parse("Notes"), PRICE, None, NOW)


def test_a_book_goes_from_draft_to_shelf_and_off_it() -> None:
    book = a_book()
    passed = [book.status]

    for step in (book.publish, book.withdraw):
        step(LATER)
        passed.append(book.status)

    assert passed == [BookStatus.DRAFT, BookStatus.PUBLISHED, BookStatus.WITHDRAWN]
    assert book.updated_at == LATER


def test_a_book_skips_no_step_and_takes_none_twice() -> None:
    book = a_book()

    with pytest.raises(NotPublishedError):
        book.withdraw(NOW)
    book.publish(NOW)
    with pytest.raises(NotADraftError):
        book.publish(NOW)


def test_a_withdrawn_book_stays_as_it_is() -> None:
    book = a_book()
    book.publish(NOW)
    book.withdraw(NOW)

    with pytest.raises(WithdrawnError):
        book.revise(Title.parse("Other"), PRICE, None, LATER)
    with pytest.raises(WithdrawnError):
        book.add_edition(EditionLabel.parse("first"), Year.parse(1843), LATER)
    assert book.title == Title.parse("Notes")


def test_editions_are_added_at_the_end_and_removed() -> None:
    book = a_book()
    for label in ("first", "second"):
        book.add_edition(EditionLabel.parse(label), Year.parse(1843), LATER)
    first, second = book.editions

    book.remove_edition(first.id, LATER)

    assert book.editions == (second,)
    assert second.label == EditionLabel.parse("second")


def test_a_book_has_no_two_editions_of_a_label_and_not_too_many() -> None:
    book = a_book()
    for number in range(MAX_EDITIONS):
        book.add_edition(EditionLabel.parse(f"{number}"), Year.parse(1843), NOW)

    with pytest.raises(LabelTakenError):
        book.add_edition(EditionLabel.parse("0"), Year.parse(1843), NOW)
    with pytest.raises(TooManyEditionsError):
        book.add_edition(EditionLabel.parse("one more"), Year.parse(1843), NOW)


@pytest.mark.parametrize("raw", ["9780306406157", "978-0-306-40615-7", "979 10 90636 07 1"])
def test_an_isbn_is_kept_without_its_separators(raw: str) -> None:
    assert Isbn.parse(raw).value == raw.replace("-", "").replace(" ", "")


@pytest.mark.parametrize("raw", ["", "9780306406158", "0306406152", "978--0306406157", "977" * 5])
def test_what_is_no_isbn_is_refused(raw: str) -> None:
    with pytest.raises(DomainError, match="ISBN"):
        Isbn.parse(raw)


def test_a_price_has_two_decimals() -> None:
    assert Price.parse("3", "USD") == Price(Amount(Decimal("3.00")), Currency("USD"))


def test_of_a_price_both_faults_are_told() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        Price.parse("1,50", "euro")

    assert [fault.path for fault in refusal.value.faults] == [("amount",), ("currency",)]


@pytest.mark.parametrize("raw", [1449, 2101])
def test_a_year_without_printed_books_is_refused(raw: int) -> None:
    with pytest.raises(DomainError, match="year"):
        Year.parse(raw)
