from dataclasses import replace
from functools import partial

import pytest

from application.actors import Actor, ActorId
from application.catalog.dto.book import CreateBookInput, EditionInput, PriceInput, ReviseBookInput
from application.catalog.refusals.book import BookNotFoundError, IsbnTakenError
from application.catalog.use_cases.book import (
    create_book,
    get_book,
    list_books,
    publish_book,
    revise_book,
    withdraw_book,
)
from application.errors import AppStaleError
from application.paging import PageParams
from application.permissions import ADMIN
from domain.shared import InvalidInputError
from tests.fakes.catalog.book_repo import FakeBookRepository
from tests.fakes.clock import FakeClock
from tests.fakes.sessions import FakeSessions

ADA = Actor(ActorId.parse("ada"), frozenset())
BOB = Actor(ActorId.parse("bob"), frozenset())
ROOT = Actor(ActorId.parse("root"), frozenset({ADMIN}))
PRICE = PriceInput("12.50", "EUR")
EMMA = CreateBookInput("Emma", PRICE, None, [EditionInput("first", 1816)], "9780306406157")
OTHER = replace(EMMA, isbn="9791036700156")
ANEW = ReviseBookInput("Emma, revised", PRICE, "Signed.", [])


class World:
    """The use cases, bound to fakes."""

    def __init__(self) -> None:
        sessions = FakeSessions()
        books, clock = FakeBookRepository(), FakeClock()
        self.create_book = partial(
            create_book, session_factory=sessions.write, books=books, clock=clock
        )
        self.revise_book = partial(
            revise_book, session_factory=sessions.write, books=books, clock=clock
        )
        self.publish_book = partial(
            publish_book, session_factory=sessions.write, books=books, clock=clock
        )
        self.withdraw_book = partial(
            withdraw_book, session_factory=sessions.write, books=books, clock=clock
        )
        self.get_book = partial(get_book, read_sessions=sessions.read, books=books)
        self.list_books = partial(list_books, read_sessions=sessions.read, books=books)


@pytest.fixture
def world() -> World:
    return World()


async def test_a_book_belongs_to_whoever_wrote_it(world: World) -> None:
    book = await world.create_book(ADA, EMMA)

    assert await world.get_book(ADA, book.id) == await world.get_book(ROOT, book.id) == book
    with pytest.raises(BookNotFoundError):
        await world.get_book(BOB, book.id)


async def test_a_list_shows_ones_own_books_and_to_an_admin_all(world: World) -> None:
    own, other = await world.create_book(ADA, EMMA), await world.create_book(BOB, OTHER)
    page = PageParams(limit=20, offset=0)

    seen = [await world.list_books(actor, page) for actor in (ADA, ROOT)]

    assert [{each.id for each in found.items} for found in seen] == [{own.id}, {own.id, other.id}]
    assert [found.total for found in seen] == [1, 2]


async def test_a_book_is_published_revised_and_withdrawn(world: World) -> None:
    book = await world.create_book(ADA, EMMA)

    await world.publish_book(ADA, book.id)
    revised = await world.revise_book(ADA, book.id, ANEW, frozenset({2}))
    withdrawn = await world.withdraw_book(ROOT, book.id, frozenset({3}))

    assert (revised.title, revised.note, revised.editions) == ("Emma, revised", "Signed.", [])
    assert (withdrawn.status, withdrawn.version) == ("withdrawn", 4)


async def test_a_version_that_has_passed_is_not_changed(world: World) -> None:
    book = await world.create_book(ADA, EMMA)
    await world.publish_book(ADA, book.id)

    with pytest.raises(AppStaleError):
        await world.revise_book(ADA, book.id, ANEW, frozenset({1}))
    with pytest.raises(AppStaleError):
        await world.withdraw_book(ADA, book.id, frozenset({1}))


async def test_an_isbn_is_given_once(world: World) -> None:
    await world.create_book(ADA, EMMA)

    with pytest.raises(IsbnTakenError):
        await world.create_book(BOB, EMMA)


async def test_all_faults_are_told_at_once(world: World) -> None:
    wrong = CreateBookInput(
        "", PriceInput("1.234", "euro"), " ", [EditionInput("a", 9), EditionInput("", 1816)], "1"
    )

    with pytest.raises(InvalidInputError) as refusal:
        await world.create_book(ADA, wrong)

    assert [fault.path for fault in refusal.value.faults] == [
        ("isbn",),
        ("title",),
        ("price", "amount"),
        ("price", "currency"),
        ("note",),
        ("editions", 0, "year"),
        ("editions", 1, "label"),
    ]


async def test_what_is_not_there_is_not_changed(world: World) -> None:
    book = await world.create_book(ADA, EMMA)

    with pytest.raises(BookNotFoundError):
        await World().publish_book(ADA, book.id)
