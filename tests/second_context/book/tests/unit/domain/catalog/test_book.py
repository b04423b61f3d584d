from datetime import UTC, datetime, timedelta

import pytest

from domain.actors import ActorId
from domain.catalog.book import Book, Edition, NoDraftError, NotPublishedError, WithdrawnError
from domain.catalog.value_objects.book import BookStatus, Isbn, Label, Price, Title, Year
from domain.shared import Fault, InvalidInputError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TITLE, PRICE = Title.parse("Emma"), Price.parse("12.50", "EUR")


def an_edition(label: str, year: int = 1816) -> Edition:
    return Edition.create(Label.parse(label), Year.parse(year))


def a_book(*editions: Edition) -> Book:
    isbn = Isbn.parse("978-0-306-40615-7")
    return Book.create(ActorId.parse("ada"), isbn, TITLE, PRICE, None, editions, NOW)


def test_a_book_goes_from_a_draft_over_the_counter_and_off_it() -> None:
    book = a_book()
    statuses = [book.status]

    book.publish(LATER)
    statuses.append(book.status)
    book.withdraw(LATER)
    statuses.append(book.status)

    assert statuses == [BookStatus.DRAFT, BookStatus.PUBLISHED, BookStatus.WITHDRAWN]
    assert book.updated_at == LATER


def test_nothing_is_done_twice_or_before_its_time() -> None:
    book = a_book()

    with pytest.raises(NotPublishedError):
        book.withdraw(LATER)
    book.publish(LATER)
    with pytest.raises(NoDraftError):
        book.publish(LATER)
    book.withdraw(LATER)
    with pytest.raises(WithdrawnError):
        book.revise(TITLE, PRICE, None, (), LATER)


def test_an_edition_stays_the_one_it_was_as_long_as_it_keeps_its_label() -> None:
    first, second = an_edition("first"), an_edition("second")
    book = a_book(first, second)

    book.revise(TITLE, PRICE, None, (an_edition("third"), an_edition("first", 1817)), LATER)

    third, revised = book.editions
    assert third.id not in {first.id, second.id}
    assert (revised.id, revised.year) == (first.id, Year.parse(1817))


def test_no_two_editions_have_one_label() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        a_book(an_edition("first"), an_edition("second"), an_edition("first"))

    assert refusal.value.faults == [
        Fault("equal_labels", "another edition has this label", ("editions", 2, "label"))
    ]
