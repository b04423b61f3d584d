"""Fakes for `application.health.ports`."""

import asyncio


class FakeDatabaseProbe:
    """Answers after `delay` seconds, with `error` if there is one."""

    def __init__(self, *, delay: float = 0.0, error: Exception | None = None) -> None:
        self._delay = delay
        self._error = error

    async def ping(self) -> None:
        await asyncio.sleep(self._delay)
        if self._error:
            raise self._error
