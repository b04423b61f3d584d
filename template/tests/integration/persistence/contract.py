"""The contract tests of repositories, which also run against their fakes.

The tests of a repository derive from the contracts that apply, and say what an aggregate is:

RepositoryContract           it inserts, updates and finds
├── LockContract             it locks
├── PageContract             it lists by pages
├── OwnedPageContract        it lists by pages, of one owner or of all
├── SliceContract            it lists by slices
├── OwnedSliceContract       it lists by slices, of one owner or of all
├── RemoveContract           it deletes
└── OwnedContract            it finds and changes only what belongs to an owner
    └── OwnedRemoveContract  it also deletes only that

The other operations of a repository are tested in its own test class, with the same fixtures.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import pytest

from application.errors import RepoConflictError, RepoNotFoundError, RepoStaleError
from application.paging import PageParams, SliceParams
from tests.fakes.repository import Aggregate, AggregateT

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from application.sessions import Sessions, WriteSession

NOW = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


class OwnedAggregate(Aggregate, Protocol):
    owner_id: Any


OwnedT = TypeVar("OwnedT", bound=OwnedAggregate)


class Repository(Protocol[AggregateT]):
    async def insert(self, session: WriteSession, aggregate: AggregateT, /) -> None: ...
    async def update(self, session: WriteSession, aggregate: AggregateT, /) -> None: ...

    # With the session, the id and, where aggregates have owners, the owner.
    async def find_by_id(self, *asked: Any, **named: Any) -> AggregateT | None: ...


class LockingRepository(Repository[AggregateT], Protocol[AggregateT]):
    async def lock(self, session: WriteSession, aggregate_id: Any, /) -> AggregateT | None: ...


class PagedRepository(Repository[AggregateT], Protocol[AggregateT]):
    async def list(
        self, session: AsyncSession, params: PageParams
    ) -> tuple[Sequence[AggregateT], int]: ...


class OwnedRepository(Repository[AggregateT], Protocol[AggregateT]):
    async def list(
        self, session: AsyncSession, params: PageParams, owner: Any
    ) -> tuple[Sequence[AggregateT], int]: ...


class SlicedRepository(Repository[AggregateT], Protocol[AggregateT]):
    async def list_after(
        self, session: AsyncSession, params: SliceParams[Any]
    ) -> Sequence[AggregateT]: ...


class OwnedSlicedRepository(Repository[AggregateT], Protocol[AggregateT]):
    async def list_after(
        self, session: AsyncSession, params: SliceParams[Any], owner: Any
    ) -> Sequence[AggregateT]: ...


class RemovingRepository(Repository[AggregateT], Protocol[AggregateT]):
    async def delete(self, session: WriteSession, aggregate: AggregateT, /) -> None: ...


class RepositoryContract(ABC, Generic[AggregateT]):
    """`repositories` are the adapter and its fake; `unique` lists the unique attributes."""

    repositories: Sequence[type[Repository[Any]]]
    unique: Sequence[tuple[str, ...]] = ()

    @abstractmethod
    def make(self, number: int = 1, *, created_at: datetime = NOW) -> AggregateT:
        """Return a new aggregate; aggregates with different numbers have nothing in common.

        Two attributes with the same type must not be equal. Otherwise the contract would not notice if
        they were swapped.
        """

    @abstractmethod
    def change(self, aggregate: AggregateT, now: datetime) -> None:
        """Change every attribute that can change."""

    @pytest.fixture(params=["PostgreSQL", "fake"])
    def repository(self, request: pytest.FixtureRequest) -> Repository[AggregateT]:
        adapter, fake = self.repositories
        return adapter() if request.param == "PostgreSQL" else fake()

    @pytest.fixture
    async def session(self, sessions: Sessions) -> AsyncIterator[WriteSession]:
        async with sessions.write() as session:
            yield session

    async def find(
        self, repository: Repository[AggregateT], session: WriteSession, aggregate_id: Any
    ) -> AggregateT | None:
        """Return what is stored, whoever it belongs to."""
        return await repository.find_by_id(session, aggregate_id)

    async def test_an_inserted_aggregate_is_found(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        aggregate = self.make()

        await repository.insert(session, aggregate)

        assert await self.find(repository, session, aggregate.id) == aggregate

    async def test_a_missing_aggregate_is_not_found(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        assert await self.find(repository, session, self.make().id) is None

    async def test_an_update_stores_the_new_state_and_counts_the_version_up(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        aggregate, other = self.make(1), self.make(2)
        for each in (aggregate, other):
            await repository.insert(session, each)
        self.change(aggregate, NOW + timedelta(days=1))

        await repository.update(session, aggregate)

        assert aggregate.version == 2
        assert await self.find(repository, session, aggregate.id) == aggregate
        assert await self.find(repository, session, other.id) == other

    async def test_a_stale_state_is_refused(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        aggregate = self.make()
        await repository.insert(session, aggregate)
        stale = deepcopy(aggregate)
        await repository.update(session, aggregate)

        self.change(stale, NOW)
        with pytest.raises(RepoStaleError):
            await repository.update(session, stale)

        assert await self.find(repository, session, aggregate.id) == aggregate

    async def test_a_missing_aggregate_cannot_be_updated(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        with pytest.raises(RepoNotFoundError):
            await repository.update(session, self.make())

    async def test_a_taken_value_is_refused_on_insert(
        self, repository: Repository[AggregateT], sessions: Sessions
    ) -> None:
        for names in self.unique:
            first, second = self.make(1), self.make(2)
            for name in names:
                setattr(second, name, getattr(first, name))
            async with sessions.write() as session:
                await repository.insert(session, first)

                with pytest.raises(RepoConflictError) as refusal:
                    await repository.insert(session, second)

            assert refusal.value.columns == names
            repository = type(repository)()

    async def test_a_taken_value_is_refused_on_update(
        self, repository: Repository[AggregateT], sessions: Sessions
    ) -> None:
        for names in self.unique:
            first, second = self.make(1), self.make(2)
            for name in {"owner_id"}.intersection(names):  # an update never changes the owner
                setattr(second, name, getattr(first, name))
            async with sessions.write() as session:
                for each in (first, second):
                    await repository.insert(session, each)
                for name in names:
                    setattr(second, name, getattr(first, name))

                with pytest.raises(RepoConflictError) as refusal:
                    await repository.update(session, second)

            assert refusal.value.columns == names
            repository = type(repository)()


class LockContract(RepositoryContract[AggregateT]):
    async def test_a_locked_aggregate_is_also_read(
        self, repository: LockingRepository[AggregateT], session: WriteSession
    ) -> None:
        aggregate = self.make()
        await repository.insert(session, aggregate)

        assert await repository.lock(session, aggregate.id) == aggregate
        assert await repository.lock(session, self.make(2).id) is None


class PageContract(RepositoryContract[AggregateT]):
    async def test_pages_are_in_order_the_oldest_first_and_know_the_total(
        self, repository: PagedRepository[AggregateT], session: WriteSession
    ) -> None:
        young = self.make(1)
        old = self.make(2, created_at=NOW - timedelta(days=9))
        middle = self.make(3, created_at=NOW - timedelta(days=5))
        for each in (young, old, middle):
            await repository.insert(session, each)

        first = await repository.list(session, PageParams(limit=2, offset=0))
        second = await repository.list(session, PageParams(limit=2, offset=2))
        beyond = await repository.list(session, PageParams(limit=2, offset=4))

        assert (list(first[0]), first[1]) == ([old, middle], 3)
        assert (list(second[0]), second[1]) == ([young], 3)
        assert (list(beyond[0]), beyond[1]) == ([], 3)

    async def test_without_aggregates_the_page_is_empty(
        self, repository: PagedRepository[AggregateT], session: WriteSession
    ) -> None:
        assert await repository.list(session, PageParams(limit=20, offset=0)) == ([], 0)


class OwnedPageContract(RepositoryContract[AggregateT]):
    """`make` returns aggregates with different owners for different numbers."""

    async def test_pages_of_all_are_in_order_the_oldest_first_and_know_the_total(
        self, repository: OwnedRepository[AggregateT], session: WriteSession
    ) -> None:
        young, old = self.make(1), self.make(2, created_at=NOW - timedelta(days=9))
        for each in (young, old):
            await repository.insert(session, each)

        first = await repository.list(session, PageParams(limit=1, offset=0), None)
        second = await repository.list(session, PageParams(limit=1, offset=1), None)
        beyond = await repository.list(session, PageParams(limit=1, offset=2), None)

        assert [(list(items), total) for items, total in (first, second, beyond)] == [
            ([old], 2),
            ([young], 2),
            ([], 2),
        ]

    async def test_pages_of_an_owner_neither_show_nor_count_those_of_others(
        self, repository: OwnedRepository[AggregateT], session: WriteSession
    ) -> None:
        mine, others = self.make(1), self.make(2)
        for each in (mine, others):
            await repository.insert(session, each)
        owner, page = attrgetter("owner_id"), PageParams(limit=20, offset=0)

        found, total = await repository.list(session, page, owner(mine))

        assert (list(found), total) == ([mine], 1)
        assert await repository.list(session, page, owner(self.make(3))) == ([], 0)


class SliceContract(RepositoryContract[AggregateT]):
    async def test_a_slice_goes_on_after_the_last_one(
        self, repository: SlicedRepository[AggregateT], session: WriteSession
    ) -> None:
        young = self.make(1)
        old = self.make(2, created_at=NOW - timedelta(days=9))
        middle = self.make(3, created_at=NOW - timedelta(days=5))
        for each in (young, old, middle):
            await repository.insert(session, each)

        first = await repository.list_after(session, SliceParams(2, after=None))
        second = await repository.list_after(session, SliceParams(2, after=middle.id))
        end = await repository.list_after(session, SliceParams(2, after=young.id))

        assert [list(part) for part in (first, second, end)] == [[old, middle], [young], []]

    async def test_a_slice_after_a_missing_item_is_empty(
        self, repository: SlicedRepository[AggregateT], session: WriteSession
    ) -> None:
        missing = self.make().id

        assert await repository.list_after(session, SliceParams(20, after=missing)) == []

    async def test_slices_are_complete_for_items_created_at_the_same_moment(
        self, repository: SlicedRepository[AggregateT], session: WriteSession
    ) -> None:
        for number in (1, 2, 3):
            await repository.insert(session, self.make(number))

        first, *others = await repository.list_after(session, SliceParams(3, after=None))

        assert await repository.list_after(session, SliceParams(3, after=first.id)) == others


class OwnedSliceContract(RepositoryContract[AggregateT]):
    """`make` returns aggregates with different owners for different numbers."""

    async def test_a_slice_of_all_goes_on_after_the_last_one(
        self, repository: OwnedSlicedRepository[AggregateT], session: WriteSession
    ) -> None:
        young = self.make(1)
        old = self.make(2, created_at=NOW - timedelta(days=9))
        middle = self.make(3, created_at=NOW - timedelta(days=5))
        for each in (young, old, middle):
            await repository.insert(session, each)

        first = await repository.list_after(session, SliceParams(2, after=None), None)
        second = await repository.list_after(session, SliceParams(2, after=middle.id), None)
        end = await repository.list_after(session, SliceParams(2, after=young.id), None)

        assert [list(part) for part in (first, second, end)] == [[old, middle], [young], []]

    async def test_a_slice_of_an_owner_does_not_show_those_of_others(
        self, repository: OwnedSlicedRepository[AggregateT], session: WriteSession
    ) -> None:
        mine, others = self.make(1), self.make(2)
        for each in (mine, others):
            await repository.insert(session, each)
        owner = attrgetter("owner_id")

        start = await repository.list_after(session, SliceParams(9, after=None), owner(mine))
        end = await repository.list_after(session, SliceParams(9, after=mine.id), owner(mine))
        strange = await repository.list_after(session, SliceParams(9, after=mine.id), owner(others))

        assert [list(part) for part in (start, end, strange)] == [[mine], [], []]

    async def test_slices_of_all_are_complete_for_items_created_at_the_same_moment(
        self, repository: OwnedSlicedRepository[AggregateT], session: WriteSession
    ) -> None:
        for number in (1, 2, 3):
            await repository.insert(session, self.make(number))

        first, *others = await repository.list_after(session, SliceParams(3, after=None), None)

        rest = await repository.list_after(session, SliceParams(3, after=first.id), None)
        assert list(rest) == others


class RemoveContract(RepositoryContract[AggregateT]):
    async def test_a_deleted_aggregate_is_not_found(
        self, repository: RemovingRepository[AggregateT], session: WriteSession
    ) -> None:
        aggregate, other = self.make(1), self.make(2)
        for each in (aggregate, other):
            await repository.insert(session, each)

        await repository.delete(session, aggregate)

        assert await self.find(repository, session, aggregate.id) is None
        assert await self.find(repository, session, other.id) == other

    async def test_what_was_changed_since_or_is_missing_is_not_deleted(
        self, repository: RemovingRepository[AggregateT], session: WriteSession
    ) -> None:
        aggregate = self.make()
        await repository.insert(session, aggregate)
        stale = deepcopy(aggregate)
        await repository.update(session, aggregate)

        with pytest.raises(RepoStaleError):
            await repository.delete(session, stale)
        with pytest.raises(RepoNotFoundError):
            await repository.delete(session, self.make(2))

        assert await self.find(repository, session, aggregate.id) == aggregate


class OwnedContract(RepositoryContract[OwnedT]):
    """`make` returns aggregates with different owners for different numbers."""

    async def find(
        self, repository: Repository[OwnedT], session: WriteSession, aggregate_id: Any
    ) -> OwnedT | None:
        return await repository.find_by_id(session, aggregate_id, None)

    async def test_an_owner_only_finds_what_belongs_to_them(
        self, repository: Repository[OwnedT], session: WriteSession
    ) -> None:
        mine, others = self.make(1), self.make(2)
        for each in (mine, others):
            await repository.insert(session, each)

        assert await repository.find_by_id(session, mine.id, mine.owner_id) == mine
        assert await repository.find_by_id(session, others.id, mine.owner_id) is None

    async def test_an_update_only_changes_what_belongs_to_its_owner(
        self, repository: Repository[OwnedT], session: WriteSession
    ) -> None:
        stored = self.make()
        await repository.insert(session, stored)

        with pytest.raises(RepoNotFoundError):
            await repository.update(session, self.of_another(stored))

        assert await self.find(repository, session, stored.id) == stored

    def of_another(self, stored: OwnedT) -> OwnedT:
        """Return the aggregate as if it belonged to somebody else."""
        changed = deepcopy(stored)
        changed.owner_id = self.make(2).owner_id
        return changed


class OwnedRemoveContract(OwnedContract[OwnedT], RemoveContract[OwnedT]):
    async def test_only_what_belongs_to_its_owner_is_deleted(
        self, repository: RemovingRepository[OwnedT], session: WriteSession
    ) -> None:
        stored = self.make()
        await repository.insert(session, stored)

        with pytest.raises(RepoNotFoundError):
            await repository.delete(session, self.of_another(stored))

        assert await self.find(repository, session, stored.id) == stored
