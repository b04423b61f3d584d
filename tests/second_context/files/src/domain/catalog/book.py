"""The book with its editions, which are changed and stored together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.catalog.value_objects.book import BookId, BookStatus, EditionId
from domain.shared import DomainConflictError

if TYPE_CHECKING:
    from datetime import datetime

    from domain.actors import ActorId
    from domain.catalog.value_objects.book import EditionLabel, Isbn, Note, Price, Title, Year

MAX_EDITIONS = 20


class NotADraftError(DomainConflictError):
    code = "not_a_draft"
    detail = "only a draft can be published"


class NotPublishedError(DomainConflictError):
    code = "not_published"
    detail = "only a published book can be withdrawn"


class WithdrawnError(DomainConflictError):
    code = "withdrawn"
    detail = "the book is withdrawn"


class LabelTakenError(DomainConflictError):
    code = "label_taken"
    detail = "the book has an edition of this label"
    path = ("label",)


class TooManyEditionsError(DomainConflictError):
    code = "too_many_editions"
    detail = f"a book has at most {MAX_EDITIONS} editions"


@dataclass(frozen=True, slots=True)
class Edition:
    """A form in which a book came out. It is a part of its book and never without one."""

    id: EditionId
    label: EditionLabel
    year: Year


@dataclass(slots=True)
class Book:
    """`version` is the state that was read; a repository refuses to overwrite a newer one."""

    id: BookId
    owner: ActorId
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
        now: datetime,
    ) -> Book:
        return cls(
            id=BookId.generate(),
            owner=owner,
            isbn=isbn,
            title=title,
            price=price,
            note=note,
            status=BookStatus.DRAFT,
            editions=(),
            created_at=now,
            updated_at=None,
            version=1,
        )

    def revise(self, title: Title, price: Price, note: Note | None, now: datetime) -> None:
        """Describe the book anew.

        Raises:
            WithdrawnError: it is withdrawn.
        """
        self._require_not_withdrawn()
        self.title = title
        self.price = price
        self.note = note
        self.updated_at = now

    def publish(self, now: datetime) -> None:
        """Put the book on the shelf.

        Raises:
            NotADraftError: it is or was there already.
        """
        if self.status is not BookStatus.DRAFT:
            raise NotADraftError
        self.status = BookStatus.PUBLISHED
        self.updated_at = now

    def withdraw(self, now: datetime) -> None:
        """Take the book off the shelf, for good.

        Raises:
            NotPublishedError: it is not on the shelf.
        """
        if self.status is not BookStatus.PUBLISHED:
            raise NotPublishedError
        self.status = BookStatus.WITHDRAWN
        self.updated_at = now

    def add_edition(self, label: EditionLabel, year: Year, now: datetime) -> None:
        """Add an edition after the others.

        Raises:
            WithdrawnError: the book is withdrawn.
            LabelTakenError: it has an edition of this label.
            TooManyEditionsError: it has as many as it may.
        """
        self._require_not_withdrawn()
        if any(edition.label == label for edition in self.editions):
            raise LabelTakenError
        if len(self.editions) >= MAX_EDITIONS:
            raise TooManyEditionsError
        self.editions = (*self.editions, Edition(EditionId.generate(), label, year))
        self.updated_at = now

    def has_edition(self, edition_id: EditionId) -> bool:
        return any(edition.id == edition_id for edition in self.editions)

    def remove_edition(self, edition_id: EditionId, now: datetime) -> None:
        """Remove an edition, if the book has it.

        Raises:
            WithdrawnError: the book is withdrawn.
        """
        self._require_not_withdrawn()
        self.editions = tuple(edition for edition in self.editions if edition.id != edition_id)
        self.updated_at = now

    def _require_not_withdrawn(self) -> None:
        if self.status is BookStatus.WITHDRAWN:
            raise WithdrawnError
