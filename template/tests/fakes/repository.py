"""An in-memory repository, the base of the fakes for all aggregates."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

from application.errors import RepoConflictError, RepoNotFoundError, RepoStaleError
from tests.fakes.sessions import refuse_lost_change

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams, SliceParams
    from application.sessions import AutocommitSession, WriteSession
    from domain.shared import Id

IdT = TypeVar("IdT", bound="Id")


class Aggregate(Protocol):
    """The attributes that every aggregate has."""

    version: int

    @property
    def id(self) -> Id: ...

    @property
    def created_at(self) -> datetime: ...


AggregateT = TypeVar("AggregateT", bound=Aggregate)


class FakeRepository(Generic[AggregateT, IdT]):
    """Stores copies, as a database would: changes only take effect when they are stored.

    `unique` names attributes: no two aggregates may have the same values for all of them.
    """

    unique: ClassVar[Sequence[tuple[str, ...]]] = ()

    def __init__(self) -> None:
        self._stored: dict[Id, AggregateT] = {}

    async def insert(self, session: WriteSession, aggregate: AggregateT) -> None:
        refuse_lost_change(session)
        self._refuse_taken(aggregate)
        self._stored[aggregate.id] = deepcopy(aggregate)

    async def update(
        self, session: WriteSession | AutocommitSession, aggregate: AggregateT
    ) -> None:
        refuse_lost_change(session)
        self._refuse_unless_current(aggregate)
        self._refuse_taken(aggregate)
        aggregate.version += 1
        self._stored[aggregate.id] = deepcopy(aggregate)

    async def delete(self, session: WriteSession, aggregate: AggregateT) -> None:
        refuse_lost_change(session)
        self._refuse_unless_current(aggregate)
        del self._stored[aggregate.id]

    async def find_by_id(
        self, session: AsyncSession, aggregate_id: IdT, owner: object = None
    ) -> AggregateT | None:
        """Return an aggregate of the owner's, or of anybody's."""
        found = self._stored.get(aggregate_id)
        return deepcopy(found) if found and owner in (None, _owner(found)) else None

    async def lock(self, session: WriteSession, aggregate_id: IdT) -> AggregateT | None:
        refuse_lost_change(session)
        return await self.find_by_id(session, aggregate_id)

    async def list(
        self, session: AsyncSession, params: PageParams, owner: object = None
    ) -> tuple[Sequence[AggregateT], int]:
        """Return a page of the owner's aggregates, or of all aggregates."""
        ordered = self._oldest_first(owner)
        page = ordered[params.offset : params.offset + params.limit]
        return deepcopy(page), len(ordered)

    async def list_after(
        self, session: AsyncSession, params: SliceParams[IdT], owner: object = None
    ) -> Sequence[AggregateT]:
        """Return a slice of the owner's aggregates, or of all aggregates."""
        ordered = self._oldest_first(owner)
        if params.after is not None:
            ids = [aggregate.id for aggregate in ordered]
            ordered = ordered[ids.index(params.after) + 1 :] if params.after in ids else []
        return deepcopy(ordered[: params.limit])

    def find_by(self, **values: object) -> AggregateT | None:
        """Return the aggregate whose attributes have these values, or None."""
        for aggregate in self._stored.values():
            if all(getattr(aggregate, name) == value for name, value in values.items()):
                return deepcopy(aggregate)
        return None

    def all(self) -> Sequence[AggregateT]:
        return [deepcopy(aggregate) for aggregate in self._stored.values()]

    def _oldest_first(self, owner: object = None) -> Sequence[AggregateT]:
        listed = [each for each in self._stored.values() if owner in (None, _owner(each))]
        return sorted(listed, key=lambda each: (each.created_at, each.id.value))

    def _refuse_unless_current(self, aggregate: AggregateT) -> None:
        stored = self._stored.get(aggregate.id)
        if stored is None or _owner(stored) != _owner(aggregate):
            raise RepoNotFoundError("there is none")
        if stored.version != aggregate.version:
            raise RepoStaleError("newer than what was read")

    def _refuse_taken(self, aggregate: AggregateT) -> None:
        others = [other for other in self._stored.values() if other.id != aggregate.id]
        for names in self.unique:
            values = [getattr(aggregate, name) for name in names]
            if None not in values and any(
                [getattr(other, name) for name in names] == values for other in others
            ):
                raise RepoConflictError("taken", columns=names)


def _owner(aggregate: object) -> object:
    return getattr(aggregate, "owner_id", None)
