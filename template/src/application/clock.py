"""The time, as a port: tests decide what it is."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the current moment, in UTC, with its zone."""
