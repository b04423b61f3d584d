# offence: naive in an adapter
# plant: src/infrastructure/sundial.py
from datetime import date, datetime


def read(line: str) -> list[object]:
    return [
        datetime.today(),  # refused
        datetime.utcfromtimestamp(0),  # refused
        datetime.strptime(line, "%H"),  # refused
        date.fromtimestamp(0),  # refused
        datetime.min,  # refused
    ]


# offence: aliased
# plant: src/application/clocks/use_cases.py
import datetime as dt
from datetime import date as Day
from datetime import datetime as When


async def set_alarm() -> list[object]:
    now = When.now  # refused
    return [
        now(dt.UTC),
        dt.datetime.now(dt.UTC),  # refused
        Day.today(),  # refused
    ]


def later() -> object:
    from datetime import datetime as Later

    return Later.now(dt.UTC)  # refused


# offence: behind a helper
# plant: src/domain/clocks/helpers.py
import datetime


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(  # refused
        datetime.timezone.utc,
    )


# offence: in an entity
# plant: src/domain/clocks/alarm.py
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(slots=True)
class Alarm:
    set_at: datetime = field(default_factory=lambda: datetime.now(UTC))  # refused

    def is_due(self, now: datetime | None = None) -> bool:
        return self.set_at < (now or datetime.now(tz=UTC))  # refused


# offence: seconds
# plant: src/application/clocks/measure.py
import time as t  # refused
from time import monotonic  # refused


async def measure() -> float:
    import asyncio

    return t.time() + monotonic() + asyncio.get_running_loop().time()  # refused


# offence: without a zone
# plant: src/infrastructure/alarms.py
import datetime as dt
from datetime import datetime as When


def ring() -> list[object]:
    return [
        dt.datetime.now(),  # refused
        When.utcnow(),  # refused
        When.fromtimestamp(0),  # refused
        dt.date.today(),  # refused
        When(2026, 1, 1),  # refused
    ]


# innocent: time with a zone
# plant: src/infrastructure/calendar.py
import time
from datetime import UTC, datetime

STARTED = time.perf_counter()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)
# plant: src/domain/calendar/day.py
from __future__ import annotations

import datetime
from dataclasses import dataclass
from datetime import UTC, timedelta


@dataclass(frozen=True, slots=True)
class Day:
    date: datetime.date

    @classmethod
    def of(cls, now: datetime.datetime) -> Day:
        return cls(now.astimezone(UTC).date())

    def next(self) -> Day:
        return Day(self.date + timedelta(days=1))

    def is_today(self, today: Day) -> bool:
        return self == today
# plant: src/application/calendar/use_cases.py
from __future__ import annotations

from typing import TYPE_CHECKING

from domain.calendar.day import Day

if TYPE_CHECKING:
    from application.clock import Clock


class Planner:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def today(self) -> Day:
        return Day.of(self._clock.now())

    def tomorrow(self) -> Day:
        return self.today().next()
