"""The contract of `LoginThrottle`, for PostgreSQL and for the fake alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest
from sqlalchemy import func, select

from application.identity.dto.login import LoginLimits
from application.identity.ports.login_throttle import LoginThrottle
from domain.identity.login_attempt import LoginAttempt
from infrastructure.persistence.database import Database
from infrastructure.persistence.identity.login_throttle import PgLoginThrottle
from infrastructure.persistence.identity.models.login_attempts import LoginAttemptsModel
from tests.fakes.identity.login_throttle import FakeLoginThrottle

if TYPE_CHECKING:
    from application.sessions import AutocommitSession, Sessions

NOW = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
WINDOW = timedelta(minutes=5)
MOMENT = timedelta(microseconds=1)
HERE, THERE = "192.0.2.1", "192.0.2.2"

MakeThrottle = Callable[[int, int], LoginThrottle]


@pytest.fixture(params=["PostgreSQL", "fake"])
def make(request: pytest.FixtureRequest) -> MakeThrottle:
    adapter = PgLoginThrottle if request.param == "PostgreSQL" else FakeLoginThrottle
    return lambda per_account, per_client: adapter(LoginLimits(per_account, per_client, WINDOW))


@pytest.fixture
async def session(
    sessions: Sessions,
) -> AsyncIterator[AutocommitSession]:
    async with sessions.autocommit() as session:
        yield session


def at(account: str, client: str | None = HERE) -> LoginAttempt:
    return LoginAttempt(account, client)


async def test_as_many_attempts_at_an_account_as_the_limit_says_may_go_on(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(2, 0)

    waits = [await throttle.admit(session, at("ada"), NOW) for _ in range(4)]

    assert waits == [None, None, WINDOW, WINDOW]


async def test_the_account_is_counted_wherever_the_attempts_come_from(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(2, 9)

    origins = (HERE, THERE, None)
    waits = [await throttle.admit(session, at("ada", client), NOW) for client in origins]

    assert waits == [None, None, WINDOW]
    assert await throttle.admit(session, at("bob"), NOW) is None


async def test_the_client_is_counted_whatever_the_accounts_are(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(9, 2)

    waits = [await throttle.admit(session, at(name), NOW) for name in ("ada", "bob", "cat")]

    assert waits == [None, None, WINDOW]
    assert await throttle.admit(session, at("cat", THERE), NOW) is None


async def test_clients_that_nobody_can_tell_apart_are_not_counted_as_one(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(9, 1)

    waits = [await throttle.admit(session, at(name, None), NOW) for name in ("ada", "bob")]

    assert waits == [None, None]


async def test_an_account_and_a_client_of_the_same_name_are_two(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(1, 1)

    assert await throttle.admit(session, at("same", "same"), NOW) is None


async def test_a_window_starts_with_its_first_attempt_and_no_later_one_prolongs_it(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(1, 0)
    await throttle.admit(session, at("ada"), NOW)

    late = await throttle.admit(session, at("ada"), NOW + WINDOW - MOMENT)
    over = await throttle.admit(session, at("ada"), NOW + WINDOW)
    next_one = await throttle.admit(session, at("ada"), NOW + WINDOW)

    assert (late, over, next_one) == (MOMENT, None, WINDOW)


async def test_who_is_stopped_already_does_not_count_for_the_account(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(2, 1)
    for _ in range(5):
        await throttle.admit(session, at("ada", HERE), NOW)

    assert await throttle.admit(session, at("ada", THERE), NOW) is None


async def test_a_success_starts_the_account_anew(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(2, 0)
    for _ in range(2):
        await throttle.admit(session, at("ada"), NOW)

    await throttle.forgive(session, at("ada"))

    waits = [await throttle.admit(session, at("ada"), NOW) for _ in range(3)]
    assert waits == [None, None, WINDOW]


async def test_a_success_takes_its_own_attempt_off_the_client_and_no_other(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(0, 3)
    await throttle.admit(session, at("ada"), NOW)
    await throttle.admit(session, at("mallory"), NOW)

    await throttle.forgive(session, at("mallory"))

    waits = [await throttle.admit(session, at("ada"), NOW) for _ in range(3)]
    assert waits == [None, None, WINDOW]


@pytest.mark.parametrize("limits", [(0, 0), (1, 1)])
async def test_there_may_be_nothing_to_forgive(
    make: MakeThrottle, session: AutocommitSession, limits: tuple[int, int]
) -> None:
    throttle = make(*limits)

    await throttle.forgive(session, at("ada"))

    assert await throttle.admit(session, at("ada"), NOW) is None


async def test_nothing_is_forgiven_in_advance(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(0, 1)
    await throttle.admit(session, at("ada"), NOW)

    for _ in range(2):
        await throttle.forgive(session, at("ada"))

    waits = [await throttle.admit(session, at("ada"), NOW) for _ in range(2)]
    assert waits == [None, WINDOW]


async def test_without_limits_every_attempt_may_go_on(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(0, 0)

    assert [await throttle.admit(session, at("ada"), NOW) for _ in range(9)] == [None] * 9


async def test_of_many_attempts_at_once_no_more_than_the_limit_may_go_on(
    committing: Database,
) -> None:
    throttle = PgLoginThrottle(LoginLimits(5, 0, WINDOW))

    async def attempt() -> timedelta | None:
        async with committing.sessions.autocommit() as session:
            return await throttle.admit(session, at("ada"), NOW)

    waits = await asyncio.gather(*(attempt() for _ in range(200)))

    assert waits.count(None) == 5
    assert waits.count(WINDOW) == 195


async def test_attempts_and_successes_at_once_do_not_wait_for_each_other_in_a_circle(
    committing: Database,
) -> None:
    throttle = PgLoginThrottle(LoginLimits(10_000, 10_000, WINDOW))

    async def log_in(number: int) -> None:
        attempt = at(f"name {number % 3}", f"client {number % 2}")
        now = NOW + number * WINDOW / 7  # so that some have expired
        async with committing.sessions.autocommit() as session:
            await throttle.admit(session, attempt, now)
            await throttle.forgive(session, attempt)

    await asyncio.gather(*(log_in(number) for number in range(300)))


async def test_what_has_expired_is_cleared_away(session: AutocommitSession) -> None:
    throttle = PgLoginThrottle(LoginLimits(1, 0, WINDOW))
    for number in range(25):
        await throttle.admit(session, at(f"name {number}"), NOW)

    lengths = []
    for _ in range(4):
        await throttle.admit(session, at("ada"), NOW + WINDOW)
        lengths.append(await session.scalar(select(func.count()).select_from(LoginAttemptsModel)))

    assert lengths == [16, 6, 1, 1]


async def test_clearing_away_waits_for_nobody(committing: Database) -> None:
    throttle = PgLoginThrottle(LoginLimits(1, 0, WINDOW))
    async with committing.sessions.autocommit() as session:
        await throttle.admit(session, at("ada"), NOW)

    async with (
        committing.sessions.write() as other,
        other.begin(),
        committing.sessions.autocommit() as session,
    ):
        # In a transaction, so that its row stays locked.
        await throttle.admit(cast("AutocommitSession", other), at("ada"), NOW + WINDOW)
        wait = await throttle.admit(session, at("bob"), NOW + WINDOW)

    assert wait is None


async def test_what_was_typed_does_not_stand_in_the_table(session: AutocommitSession) -> None:
    throttle = PgLoginThrottle(LoginLimits(1, 1, WINDOW))
    typed_by_mistake = "correct horse battery " * 1000

    await throttle.admit(session, at(typed_by_mistake, "192.0.2.1"), NOW)

    keys = list(await session.scalars(select(LoginAttemptsModel.key)))
    assert [len(key) for key in keys] == [32, 32]
    assert not any(b"correct" in key or b"192" in key for key in keys)
