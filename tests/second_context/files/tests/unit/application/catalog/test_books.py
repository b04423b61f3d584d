from functools import partial

import pytest

from application.actors import Actor, ActorId
from application.catalog.dto.book import BookOutput, CreateBookInput, PriceInput, ReviseBookInput
from application.catalog.refusals import BookNotFoundError, IsbnTakenError
from application.catalog.use_cases.books import create_book, get_book, list_books, revise_book
from application.catalog.use_cases.publishing import publish_book
from application.errors import AppStaleError
from application.paging import PageParams
from domain.shared import InvalidInputError
from tests.fakes.catalog.book_repo import FakeBookRepository
from tests.fakes.clock import FakeClock
from tests.fakes.sessions import FakeSessions

ADA = Actor(ActorId.parse("ada"), frozenset())
BOB = Actor(ActorId.parse("bob"), frozenset())
ADMIN = Actor(ActorId.parse("root"), frozenset({"admin"}))
PRICE = PriceInput("12.50", "EUR")


class World:
    """The use cases, bound to fakes."""

    def __init__(self) -> None:
        sessions, books, clock = FakeSessions(), FakeBookRepository(), FakeClock()
        write, read = sessions.write, sessions.read
        self.create = partial(create_book, session_factory=write, books=books, clock=clock)
        self.get = partial(get_book, read_sessions=read, books=books)
        self.list = partial(list_books, read_sessions=read, books=books)
        self.revise = partial(revise_book, session_factory=write, books=books, clock=clock)
        self.publish = partial(publish_book, session_factory=write, books=books, clock=clock)

    async def a_book(self, actor: Actor = ADA) -> BookOutput:
        return await self.create(actor, CreateBookInput("9780306406157", "Notes", PRICE, None))


@pytest.fixture
def world() -> World:
    return World()


async def test_a_book_is_its_owners_and_admins_and_nobody_elses(world: World) -> None:
    book = await world.a_book()

    assert await world.get(ADA, book.id) == await world.get(ADMIN, book.id) == book
    with pytest.raises(BookNotFoundError):
        await world.get(BOB, book.id)
    with pytest.raises(BookNotFoundError):
        await world.publish(BOB, book.id)


async def test_everybody_lists_their_own_books(world: World) -> None:
    book = await world.a_book(ADA)
    await world.a_book(BOB)

    page = await world.list(ADA, PageParams(limit=20, offset=0))

    assert (page.items, page.total) == ([book], 1)


async def test_nobody_has_two_books_of_an_isbn(world: World) -> None:
    await world.a_book()

    with pytest.raises(IsbnTakenError):
        await world.a_book()


async def test_all_faults_of_an_input_are_told_at_once(world: World) -> None:
    data = CreateBookInput("12", " ", PriceInput("1,5", "EUR"), " ")

    with pytest.raises(InvalidInputError) as refusal:
        await world.create(ADA, data)

    paths = [fault.path for fault in refusal.value.faults]
    assert paths == [("isbn",), ("title",), ("price", "amount"), ("note",)]


async def test_a_book_that_was_changed_since_is_not_revised(world: World) -> None:
    book = await world.a_book()
    await world.publish(ADA, book.id)

    data = ReviseBookInput("Other", PRICE, "Signed.")
    with pytest.raises(AppStaleError):
        await world.revise(ADA, book.id, data, frozenset({book.version}))

    assert (await world.get(ADA, book.id)).title == "Notes"
