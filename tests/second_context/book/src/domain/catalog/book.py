"""The book, with its editions: what changes together, and is stored together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.catalog.value_objects.book import BookId, BookStatus, EditionId
from domain.shared import DomainConflictError, DomainError, Faults

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.actors import ActorId
    from domain.catalog.value_objects.book import Isbn, Label, Note, Price, Title, Year


class NoDraftError(DomainConflictError):
    code = "no_draft"
    detail = "only a draft can be published"


class NotPublishedError(DomainConflictError):
    code = "not_published"
    detail = "only a published book can be withdrawn"


class WithdrawnError(DomainConflictError):
    code = "withdrawn"
    detail = "the book is withdrawn"


@dataclass(frozen=True, slots=True)
class Edition:
    """A form in which a book came out. It is a part of its book, and never without one."""

    id: EditionId
    label: Label
    year: Year

    @classmethod
    def create(cls, label: Label, year: Year) -> Edition:
        return cls(id=EditionId.generate(), label=label, year=year)


@dataclass(slots=True)
class Book:
    """`version` is the state that was read; a repository refuses to overwrite a newer one."""

    id: BookId
    owner_id: ActorId
    isbn: Isbn
    title: Title
    price: Price
    note: Note | None
    status: BookStatus
    editions: tuple[Edition, ...]
    created_at: datetime
    updated_at: datetime | None
    version: int

    @classmethod
    def create(
        cls,
        owner: ActorId,
        isbn: Isbn,
        title: Title,
        price: Price,
        note: Note | None,
        editions: Sequence[Edition],
        now: datetime,
    ) -> Book:
        """Write a draft.

        Raises:
            InvalidInputError: two editions have one label.
        """
        _refuse_equal_labels(editions)
        return cls(
            id=BookId.generate(),
            owner_id=owner,
            isbn=isbn,
            title=title,
            price=price,
            note=note,
            status=BookStatus.DRAFT,
            editions=tuple(editions),
            created_at=now,
            updated_at=None,
            version=1,
        )

    def revise(
        self,
        title: Title,
        price: Price,
        note: Note | None,
        editions: Sequence[Edition],
        now: datetime,
    ) -> None:
        """Describe the book anew. An edition whose label it had already stays the one it was.

        Raises:
            WithdrawnError: it is withdrawn.
            InvalidInputError: two editions have one label.
        """
        if self.status is BookStatus.WITHDRAWN:
            raise WithdrawnError
        _refuse_equal_labels(editions)
        ids = {edition.label: edition.id for edition in self.editions}
        self.title = title
        self.price = price
        self.note = note
        self.editions = tuple(
            Edition(ids.get(edition.label, edition.id), edition.label, edition.year)
            for edition in editions
        )
        self.updated_at = now

    def publish(self, now: datetime) -> None:
        """Put the book on sale.

        Raises:
            NoDraftError: it was published before.
        """
        if self.status is not BookStatus.DRAFT:
            raise NoDraftError
        self.status = BookStatus.PUBLISHED
        self.updated_at = now

    def withdraw(self, now: datetime) -> None:
        """Take the book off sale, for good.

        Raises:
            NotPublishedError: it is not on sale.
        """
        if self.status is not BookStatus.PUBLISHED:
            raise NotPublishedError
        self.status = BookStatus.WITHDRAWN
        self.updated_at = now


def _refuse_equal_labels(editions: Sequence[Edition]) -> None:
    seen: set[Label] = set()
    with Faults() as faults:
        for place, edition in enumerate(editions):
            with faults.at("editions", place, "label"):
                if edition.label in seen:
                    raise DomainError("another edition has this label", code="equal_labels")
            seen.add(edition.label)
