"""The contract of `BookRepository`, for PostgreSQL and for the fake alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.actors import ActorId
from domain.catalog.book import Book, Edition
from domain.catalog.value_objects.book import Isbn, Label, Note, Price, Title, Year
from infrastructure.persistence.catalog.book_repo import PgBookRepository
from tests.fakes.catalog.book_repo import FakeBookRepository
from tests.integration.persistence.contract import NOW, OwnedContract, OwnedPageContract

if TYPE_CHECKING:
    from datetime import datetime

ISBNS = ["9780306406157", "9791036700156", "9780141439587"]


class TestBookRepository(OwnedContract[Book], OwnedPageContract[Book]):
    repositories = (PgBookRepository, FakeBookRepository)
    unique = (("isbn",),)

    def make(self, number: int = 1, *, created_at: datetime = NOW) -> Book:
        return Book.create(
            ActorId.parse(f"actor {number}"),
            Isbn.parse(ISBNS[number - 1]),
            Title.parse(f"title {number}"),
            Price.parse(f"{number}.50", "EUR"),
            Note.parse(f"note {number}"),
            [Edition.create(Label.parse(label), Year.parse(1816)) for label in ("b", "a")],
            created_at,
        )

    def change(self, aggregate: Book, now: datetime) -> None:
        editions = [Edition.create(Label.parse(label), Year.parse(1817)) for label in ("a", "c")]
        aggregate.publish(now)
        aggregate.revise(Title.parse("Emma"), Price.parse("0", "USD"), None, editions, now)
        aggregate.withdraw(now)
