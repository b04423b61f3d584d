"""The contract that every repository keeps, and its fake as well.

A test of a repository derives from `RepositoryContract` and says what an aggregate is; if it lists them,
from `PagesContract` or `SlicesContract` as well. What the repository can do beyond this, it tests
itself, with the same fixtures.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol

import pytest

from application.errors import RepoConflictError, RepoNotFoundError, RepoStaleError
from application.paging import PageParams, SliceParams
from tests.fakes.repository import AggregateT

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from application.sessions import AutocommitSession, Sessions, WriteSession

NOW = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


class Repository(Protocol[AggregateT]):
    async def insert(self, session: WriteSession, aggregate: AggregateT, /) -> None: ...
    async def update(
        self, session: WriteSession | AutocommitSession, aggregate: AggregateT, /
    ) -> None: ...
    async def find_by_id(
        self, session: AsyncSession, aggregate_id: Any, /
    ) -> AggregateT | None: ...
    async def lock(self, session: WriteSession, aggregate_id: Any, /) -> AggregateT | None: ...


class RepositoryContract(ABC, Generic[AggregateT]):
    """`repositories` are the adapter and its fake; `unique` the attributes that nobody may share."""

    repositories: Sequence[type[Repository[Any]]]
    unique: Sequence[tuple[str, ...]] = ()

    @abstractmethod
    def make(self, number: int = 1, *, created_at: datetime = NOW) -> AggregateT:
        """Return a new aggregate; those of different numbers have nothing in common.

        No two of its attributes of one type may be equal, or the contract would not see them swapped.
        """

    @abstractmethod
    def change(self, aggregate: AggregateT, now: datetime) -> None:
        """Change all that can change in the life of the aggregate."""

    @pytest.fixture(params=["PostgreSQL", "fake"])
    def repository(self, request: pytest.FixtureRequest) -> Repository[AggregateT]:
        adapter, fake = self.repositories
        return adapter() if request.param == "PostgreSQL" else fake()

    @pytest.fixture
    async def session(self, sessions: Sessions) -> AsyncIterator[WriteSession]:
        async with sessions.write() as session:
            yield session

    async def test_what_was_inserted_is_found(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        aggregate = self.make()

        await repository.insert(session, aggregate)

        assert await repository.find_by_id(session, aggregate.id) == aggregate
        assert await repository.lock(session, aggregate.id) == aggregate

    async def test_where_nothing_is_nothing_is_found(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        missing = self.make().id

        assert await repository.find_by_id(session, missing) is None
        assert await repository.lock(session, missing) is None

    async def test_an_update_stores_the_new_state_and_counts_the_version_up(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        aggregate, other = self.make(1), self.make(2)
        for each in (aggregate, other):
            await repository.insert(session, each)
        self.change(aggregate, NOW + timedelta(days=1))

        await repository.update(session, aggregate)

        assert aggregate.version == 2
        assert await repository.find_by_id(session, aggregate.id) == aggregate
        assert await repository.find_by_id(session, other.id) == other

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

        assert await repository.find_by_id(session, aggregate.id) == aggregate

    async def test_what_is_not_there_cannot_be_updated(
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
            async with sessions.write() as session:
                for each in (first, second):
                    await repository.insert(session, each)
                for name in names:
                    setattr(second, name, getattr(first, name))

                with pytest.raises(RepoConflictError) as refusal:
                    await repository.update(session, second)

            assert refusal.value.columns == names
            repository = type(repository)()


class PagesContract(RepositoryContract[AggregateT]):
    """Of repositories that list their aggregates by pages."""

    async def page(
        self, repository: Any, session: AsyncSession, params: PageParams
    ) -> tuple[Sequence[AggregateT], int]:
        """Read a page of a list that has all that `make` makes; redefined where it is called otherwise."""
        items, total = await repository.list(session, params)
        return list(items), total

    async def test_a_list_of_nothing_is_empty(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        assert await self.page(repository, session, PageParams(limit=20, offset=0)) == ([], 0)

    async def test_pages_are_in_order_the_oldest_first_and_know_the_total(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        young = self.make(1)
        old = self.make(2, created_at=NOW - timedelta(days=9))
        middle = self.make(3, created_at=NOW - timedelta(days=5))
        for each in (young, old, middle):
            await repository.insert(session, each)

        first = await self.page(repository, session, PageParams(limit=2, offset=0))
        second = await self.page(repository, session, PageParams(limit=2, offset=2))
        beyond = await self.page(repository, session, PageParams(limit=2, offset=4))

        assert first == ([old, middle], 3)
        assert second == ([young], 3)
        assert beyond == ([], 3)


class SlicesContract(RepositoryContract[AggregateT]):
    """Of repositories that list their aggregates by slices."""

    async def slice(
        self, repository: Any, session: AsyncSession, params: SliceParams[Any]
    ) -> Sequence[AggregateT]:
        """Read a slice of a list that has all that `make` makes; redefined where it is called otherwise."""
        return list(await repository.list_after(session, params))

    async def test_after_an_id_that_nothing_has_there_is_nothing(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        missing = self.make().id

        assert await self.slice(repository, session, SliceParams(20, after=missing)) == []

    async def test_a_slice_goes_on_after_the_last_one(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        young = self.make(1)
        old = self.make(2, created_at=NOW - timedelta(days=9))
        middle = self.make(3, created_at=NOW - timedelta(days=5))
        for each in (young, old, middle):
            await repository.insert(session, each)

        first = await self.slice(repository, session, SliceParams(2, after=None))
        second = await self.slice(repository, session, SliceParams(2, after=middle.id))
        end = await self.slice(repository, session, SliceParams(2, after=young.id))

        assert [first, second, end] == [[old, middle], [young], []]

    async def test_what_was_created_at_the_same_moment_is_neither_left_out_nor_repeated(
        self, repository: Repository[AggregateT], session: WriteSession
    ) -> None:
        for number in (1, 2, 3):
            await repository.insert(session, self.make(number))

        first, *others = await self.slice(repository, session, SliceParams(3, after=None))

        assert await self.slice(repository, session, SliceParams(3, after=first.id)) == others
