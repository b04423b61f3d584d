"""The contract of `UserRepository`, for PostgreSQL and for the fake alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from application.errors import (
    AppUnauthorizedError,
    RepoConflictError,
    RepoNotFoundError,
    RepoStaleError,
)
from application.identity.dto.user import UserOutput
from application.identity.dto_map.user import user_output
from application.identity.ports.user_repo import UserRepository
from application.identity.use_cases.administration import deactivate_user
from application.paging import PageParams, SliceParams
from domain.identity.user import User
from domain.identity.value_objects.user import Email, UserId, Username
from infrastructure.persistence.database import Database
from infrastructure.persistence.identity.user_repo import PgUserRepository
from tests.fakes.clock import FakeClock
from tests.fakes.identity.user_repo import FakeUserRepository

if TYPE_CHECKING:
    from application.sessions import Sessions, WriteSession

NOW = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["PostgreSQL", "fake"])
def users(request: pytest.FixtureRequest) -> UserRepository:
    return PgUserRepository() if request.param == "PostgreSQL" else FakeUserRepository()


@pytest.fixture
async def session(sessions: Sessions) -> AsyncIterator[WriteSession]:
    async with sessions.write() as session:
        yield session


def a_user(name: str = "ada", *, age: int = 0) -> User:
    created = NOW - timedelta(days=age)
    return User.create(Username.parse(name), Email.parse(f"{name}@example.org"), "hash", created)


async def test_an_inserted_user_is_found_by_id_and_by_name(
    users: UserRepository, session: WriteSession
) -> None:
    ada = a_user("ada")

    await users.insert(session, ada)

    assert await users.find_by_id(session, ada.id) == ada
    assert await users.find_by_username(session, ada.username) == ada


async def test_a_locked_user_is_found_as_they_are(
    users: UserRepository, session: WriteSession
) -> None:
    ada = a_user("ada")
    await users.insert(session, ada)

    assert await users.lock(session, ada.id) == ada
    assert await users.lock(session, UserId.generate()) is None


async def test_of_two_admins_who_shut_each_other_out_at_once_one_comes_too_late(
    committing: Database,
) -> None:
    users, clock = PgUserRepository(), FakeClock()
    admins = [replace(a_user(name), is_admin=True) for name in ("ada", "bob")]
    async with committing.sessions.write() as session, session.begin():
        for admin in admins:
            await users.insert(session, admin)
    ada, bob = map(user_output, admins)

    deactivate = partial(
        deactivate_user, session_factory=committing.sessions.write, users=users, clock=clock
    )
    outcomes = await asyncio.gather(
        deactivate(ada, bob.id),
        deactivate(bob, ada.id),
        return_exceptions=True,
    )

    assert {type(outcome) for outcome in outcomes} == {UserOutput, AppUnauthorizedError}


async def test_nobody_is_found_where_nobody_is(
    users: UserRepository, session: WriteSession
) -> None:
    assert await users.find_by_id(session, UserId.generate()) is None
    assert await users.find_by_username(session, Username.parse("nobody")) is None


@pytest.mark.parametrize("field", ["username", "email"])
async def test_a_taken_value_is_refused_on_insert(
    users: UserRepository, session: WriteSession, field: str
) -> None:
    ada, other = a_user("ada"), a_user("other")
    await users.insert(session, ada)

    with pytest.raises(RepoConflictError) as refusal:
        await users.insert(session, replace(other, **{field: getattr(ada, field)}))

    assert refusal.value.field == field


@pytest.mark.parametrize("field", ["username", "email"])
async def test_a_taken_value_is_refused_on_update(
    users: UserRepository, session: WriteSession, field: str
) -> None:
    ada, other = a_user("ada"), a_user("other")
    await users.insert(session, ada)
    await users.insert(session, other)

    with pytest.raises(RepoConflictError) as refusal:
        await users.update(session, replace(other, **{field: getattr(ada, field)}))

    assert refusal.value.field == field


async def test_an_update_stores_the_new_state_and_counts_the_version_up(
    users: UserRepository, session: WriteSession
) -> None:
    user = a_user("ada")
    await users.insert(session, user)
    user.rename(Username.parse("countess"), NOW)
    user.change_email(Email.parse("countess@example.org"), NOW)
    user.change_password("another hash", NOW)
    user.deactivate(NOW)

    await users.update(session, user)

    assert user.version == 2
    assert await users.find_by_id(session, user.id) == user


async def test_a_stale_state_is_refused(users: UserRepository, session: WriteSession) -> None:
    user = a_user("ada")
    await users.insert(session, user)
    stale = replace(user)
    user.deactivate(NOW)
    await users.update(session, user)

    stale.rename(Username.parse("countess"), NOW)
    with pytest.raises(RepoStaleError):
        await users.update(session, stale)

    assert await users.find_by_id(session, user.id) == user


async def test_a_user_who_is_not_there_cannot_be_updated(
    users: UserRepository, session: WriteSession
) -> None:
    with pytest.raises(RepoNotFoundError):
        await users.update(session, a_user("ada"))


async def test_users_are_listed_page_by_page_the_oldest_first(
    users: UserRepository, session: WriteSession
) -> None:
    young, old, middle = a_user("young"), a_user("old", age=9), a_user("middle", age=5)
    for user in (young, old, middle):
        await users.insert(session, user)

    assert await users.list(session, PageParams(limit=2, offset=0)) == ([old, middle], 3)
    assert await users.list(session, PageParams(limit=2, offset=2)) == ([young], 3)


async def test_a_page_beyond_the_last_is_empty_and_still_tells_the_total(
    users: UserRepository, session: WriteSession
) -> None:
    await users.insert(session, a_user("ada"))

    assert await users.list(session, PageParams(limit=20, offset=20)) == ([], 1)
    assert await users.list(session, PageParams(limit=20, offset=0)) != ([], 1)


async def test_a_slice_goes_on_after_a_user(users: UserRepository, session: WriteSession) -> None:
    young, old, middle = a_user("young"), a_user("old", age=9), a_user("middle", age=5)
    for user in (young, old, middle):
        await users.insert(session, user)

    assert await users.list_after(session, SliceParams(2, after=None)) == [old, middle]
    assert await users.list_after(session, SliceParams(2, after=middle.id)) == [young]
    assert await users.list_after(session, SliceParams(2, after=young.id)) == []


async def test_users_of_the_same_moment_are_neither_left_out_nor_repeated(
    users: UserRepository, session: WriteSession
) -> None:
    twins = [a_user(name) for name in ("ada", "bob", "eve")]
    for user in twins:
        await users.insert(session, user)

    first, *others = await users.list_after(session, SliceParams(3, after=None))

    assert await users.list_after(session, SliceParams(3, after=first.id)) == others


async def test_after_a_user_who_does_not_exist_there_is_nothing(
    users: UserRepository, session: WriteSession
) -> None:
    await users.insert(session, a_user("ada"))

    assert await users.list_after(session, SliceParams(20, UserId.generate())) == []


async def test_where_nobody_is_the_list_is_empty(
    users: UserRepository, session: WriteSession
) -> None:
    assert await users.list(session, PageParams(limit=20, offset=0)) == ([], 0)
