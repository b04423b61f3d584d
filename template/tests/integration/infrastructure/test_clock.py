from datetime import UTC, datetime, timedelta

import pytest

from application.clock import Clock
from infrastructure.clock import SystemClock
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize("clock", [SystemClock(), FakeClock()])
def test_a_clock_tells_the_time_in_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


def test_the_time_is_the_machines() -> None:
    before = datetime.now(UTC)

    assert before <= SystemClock().now() <= datetime.now(UTC)


def test_a_fake_clock_moves_when_it_is_told_to() -> None:
    clock = FakeClock()
    before = clock.now()

    clock.advance(90)

    assert clock.now() - before == timedelta(seconds=90)
