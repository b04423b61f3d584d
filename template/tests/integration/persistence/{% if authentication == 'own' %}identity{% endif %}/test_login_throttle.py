"""The contract of `LoginThrottle`, for PostgreSQL and for the fake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from sqlalchemy import func, select, update

from application.identity.dto.login import LoginLimits
from application.identity.ports.login_throttle import LoginThrottle
from domain.identity.login_attempt import LoginAttempt
from infrastructure.persistence.database import Database
from infrastructure.persistence.identity.login_throttle import PgLoginThrottle
from infrastructure.persistence.identity.models.login_attempts import LoginAttemptsModel
from tests.fakes.clock import FakeClock
from tests.fakes.identity.login_throttle import FakeLoginThrottle

if TYPE_CHECKING:
    from application.sessions import AutocommitSession, Sessions

WINDOW = timedelta(minutes=5)
MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)
HERE, THERE, ELSEWHERE = "192.0.2.1", "192.0.2.2", "192.0.2.3"

MakeThrottle = Callable[[int, int, int], LoginThrottle]
Wait = Callable[[timedelta], Awaitable[None]]


def limits(per_account: int = 0, together: int = 0, per_client: int = 0) -> LoginLimits:
    return LoginLimits(per_account, together, per_client, WINDOW)


@pytest.fixture
async def session(
    sessions: Sessions,
) -> AsyncIterator[AutocommitSession]:
    """A session in one transaction, so that the database's `now()` stands still during a test."""
    async with sessions.autocommit() as session:
        yield session


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["PostgreSQL", "fake"])
def adapter(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def make(adapter: str, clock: FakeClock) -> MakeThrottle:
    def make(per_account: int, together: int, per_client: int) -> LoginThrottle:
        numbers = limits(per_account, together, per_client)
        if adapter == "PostgreSQL":
            return PgLoginThrottle(numbers)
        return FakeLoginThrottle(numbers, clock)

    return make


@pytest.fixture
def wait(adapter: str, clock: FakeClock, session: AutocommitSession) -> Wait:
    """Let time pass; a negative duration sets the clock back."""

    async def wait(time: timedelta) -> None:
        if adapter == "PostgreSQL":
            await move_counts(session, time)
        else:
            clock.advance(time.total_seconds())

    return wait


async def move_counts(session: AutocommitSession, time: timedelta) -> None:
    """Move the counts into the past, because tests cannot set the database's clock."""
    expires_at = LoginAttemptsModel.expires_at
    await session.execute(update(LoginAttemptsModel).values(expires_at=expires_at - time))


def at(account: str, client: str | None = HERE) -> LoginAttempt:
    return LoginAttempt(account, client)


async def test_the_limit_of_an_account_is_exact(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(2, 0, 0)

    waits = [await throttle.admit(session, at("ada")) for _ in range(4)]

    assert waits == [None, None, WINDOW, WINDOW]


async def test_the_account_is_counted_wherever_the_attempts_come_from(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(2, 0, 9)

    origins = (HERE, THERE, None)
    waits = [await throttle.admit(session, at("ada", client)) for client in origins]

    assert waits == [None, None, WINDOW]
    assert await throttle.admit(session, at("bob")) is None


async def test_the_client_is_counted_whatever_the_accounts_are(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(9, 0, 2)

    waits = [await throttle.admit(session, at(name)) for name in ("ada", "bob", "cat")]

    assert waits == [None, None, WINDOW]
    assert await throttle.admit(session, at("cat", THERE)) is None


async def test_clients_without_an_address_are_not_counted_as_one(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(9, 0, 1)

    waits = [await throttle.admit(session, at(name, None)) for name in ("ada", "bob")]

    assert waits == [None, None]


async def test_an_account_and_a_client_of_the_same_name_are_two(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(1, 0, 1)

    assert await throttle.admit(session, at("same", "same")) is None


async def test_later_attempts_do_not_extend_a_window(
    make: MakeThrottle, session: AutocommitSession, wait: Wait
) -> None:
    throttle = make(1, 0, 0)
    await throttle.admit(session, at("ada"))

    await wait(WINDOW - MOMENT)
    late = await throttle.admit(session, at("ada"))
    await wait(MOMENT)
    over = await throttle.admit(session, at("ada"))
    next_one = await throttle.admit(session, at("ada"))

    assert (late, over, next_one) == (MOMENT, None, WINDOW)


async def test_attempts_of_a_blocked_client_do_not_count_for_the_account(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(2, 0, 1)
    for _ in range(5):
        await throttle.admit(session, at("ada", HERE))

    assert await throttle.admit(session, at("ada", THERE)) is None


async def test_the_guesses_of_one_client_at_one_account_are_counted_together(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(9, 2, 9)

    waits = [await throttle.admit(session, at("ada")) for _ in range(3)]

    assert waits == [None, None, WINDOW]
    assert await throttle.admit(session, at("ada", THERE)) is None
    assert await throttle.admit(session, at("bob", HERE)) is None


async def test_a_single_client_cannot_lock_out_owners_at_other_addresses(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(3, 2, 100)
    accounts = [f"name {number}" for number in range(20)]
    for account in accounts * 5:
        await throttle.admit(session, at(account, HERE))

    waits = [await throttle.admit(session, at(account, THERE)) for account in accounts]

    assert waits == [None] * 20


async def test_guesses_of_many_clients_at_one_account_are_limited(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(3, 2, 100)
    clients = [f"192.0.2.{number}" for number in range(20)]

    waits = [await throttle.admit(session, at("ada", client)) for client in clients * 2]

    assert waits == [None] * 3 + [WINDOW] * 37


async def test_after_a_clock_ran_ahead_no_wait_is_longer_than_the_window(
    make: MakeThrottle, session: AutocommitSession, wait: Wait
) -> None:
    throttle = make(2, 0, 0)
    for _ in range(2):
        await throttle.admit(session, at("ada"))
    await wait(-DAY)

    first = await throttle.admit(session, at("ada"))
    await wait(WINDOW - MOMENT)
    last = await throttle.admit(session, at("ada"))
    await wait(MOMENT)
    over = await throttle.admit(session, at("ada"))

    assert (first, last, over) == (WINDOW, MOMENT, None)


async def test_counts_of_a_clock_that_ran_ahead_are_kept(
    make: MakeThrottle, session: AutocommitSession, wait: Wait
) -> None:
    throttle = make(2, 0, 0)
    await throttle.admit(session, at("ada"))
    await wait(-DAY)

    waits = [await throttle.admit(session, at("ada")) for _ in range(2)]

    assert waits == [None, WINDOW]


async def test_a_success_resets_the_count_of_the_account(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(2, 0, 0)
    for _ in range(2):
        await throttle.admit(session, at("ada"))

    await throttle.forgive(session, at("ada"))

    waits = [await throttle.admit(session, at("ada")) for _ in range(3)]
    assert waits == [None, None, WINDOW]


async def test_a_success_resets_the_count_only_for_its_own_client(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(3, 2, 0)
    for client in (HERE, THERE, THERE):
        await throttle.admit(session, at("ada", client))

    await throttle.forgive(session, at("ada", HERE))

    there = await throttle.admit(session, at("ada", THERE))
    waits = [await throttle.admit(session, at("ada", HERE)) for _ in range(3)]
    elsewhere = [await throttle.admit(session, at("ada", ELSEWHERE)) for _ in range(2)]
    assert there == WINDOW
    assert waits == [None, None, WINDOW]
    assert elsewhere == [None, WINDOW]


async def test_a_success_takes_its_own_attempt_off_the_client_and_no_other(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(0, 0, 3)
    await throttle.admit(session, at("ada"))
    await throttle.admit(session, at("mallory"))

    await throttle.forgive(session, at("mallory"))

    waits = [await throttle.admit(session, at("ada")) for _ in range(3)]
    assert waits == [None, None, WINDOW]


@pytest.mark.parametrize("numbers", [(0, 0, 0), (1, 1, 1)])
async def test_a_reset_without_a_count_is_harmless(
    make: MakeThrottle, session: AutocommitSession, numbers: tuple[int, int, int]
) -> None:
    throttle = make(*numbers)

    await throttle.forgive(session, at("ada"))

    assert await throttle.admit(session, at("ada")) is None


async def test_repeated_resets_do_not_grant_extra_attempts(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(0, 0, 1)
    await throttle.admit(session, at("ada"))

    for _ in range(2):
        await throttle.forgive(session, at("ada"))

    waits = [await throttle.admit(session, at("ada")) for _ in range(2)]
    assert waits == [None, WINDOW]


async def test_without_limits_every_attempt_may_go_on(
    make: MakeThrottle, session: AutocommitSession
) -> None:
    throttle = make(0, 0, 0)

    assert [await throttle.admit(session, at("ada")) for _ in range(9)] == [None] * 9


async def test_of_many_attempts_at_once_no_more_than_the_limit_may_go_on(
    committing: Database,
) -> None:
    throttle = PgLoginThrottle(limits(per_account=5))

    async def attempt() -> timedelta | None:
        async with committing.sessions.autocommit() as session:
            return await throttle.admit(session, at("ada"))

    waits = await asyncio.gather(*(attempt() for _ in range(200)))

    stopped = [wait for wait in waits if wait is not None]
    assert len(stopped) == 195
    assert all(timedelta() < wait <= WINDOW for wait in stopped)


async def test_attempts_and_successes_at_once_do_not_wait_for_each_other_in_a_circle(
    committing: Database,
) -> None:
    # The window is so short that there are always expired rows to delete.
    throttle = PgLoginThrottle(LoginLimits(10_000, 10_000, 10_000, timedelta(milliseconds=1)))

    async def log_in(number: int) -> None:
        attempt = at(f"name {number % 3}", f"client {number % 2}")
        async with committing.sessions.autocommit() as session:
            await throttle.admit(session, attempt)
            await throttle.forgive(session, attempt)

    await asyncio.gather(*(log_in(number) for number in range(300)))


async def test_expired_counts_are_deleted(session: AutocommitSession) -> None:
    throttle = PgLoginThrottle(limits(per_account=1))
    for number in range(25):
        await throttle.admit(session, at(f"name {number}"))
    await move_counts(session, WINDOW)

    lengths = []
    for _ in range(4):
        await throttle.admit(session, at("ada"))
        lengths.append(await session.scalar(select(func.count()).select_from(LoginAttemptsModel)))

    assert lengths == [16, 6, 1, 1]


async def test_deleting_expired_counts_does_not_wait_for_locks(committing: Database) -> None:
    throttle = PgLoginThrottle(limits(per_account=1))
    async with committing.sessions.autocommit() as session:
        await throttle.admit(session, at("ada"))
        await move_counts(session, WINDOW)

    async with (
        committing.sessions.write() as other,
        other.begin(),
        committing.sessions.autocommit() as session,
    ):
        # In a transaction, so that its rows stay locked.
        await throttle.admit(cast("AutocommitSession", other), at("ada"))
        wait = await throttle.admit(session, at("bob"))

    assert wait is None


async def test_the_typed_name_is_not_stored_in_the_table(session: AutocommitSession) -> None:
    throttle = PgLoginThrottle(limits(1, 1, 1))
    typed_by_mistake = "correct horse battery " * 1000

    await throttle.admit(session, at(typed_by_mistake, "192.0.2.1"))

    keys = list(await session.scalars(select(LoginAttemptsModel.key)))
    assert [len(key) for key in keys] == [32, 32, 32]
    assert not any(b"correct" in key or b"192" in key for key in keys)
