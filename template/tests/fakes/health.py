"""Fakes for `application.health.ports`."""

import asyncio


class FakeDatabaseProbe:
    """Responds after `delay` seconds, by raising `error` if it is set."""

    def __init__(self, *, delay: float = 0.0, error: Exception | None = None) -> None:
        self._delay = delay
        self._error = error

    async def ping(self) -> None:
        await asyncio.sleep(self._delay)
        if self._error:
            raise self._error
