"""Fake for `application.catalog.ports.book_repo`."""

from domain.catalog.book import Book
from domain.catalog.value_objects.book import BookId
from tests.fakes.repository import FakeRepository


class FakeBookRepository(FakeRepository[Book, BookId]):
    unique = (("isbn",),)
