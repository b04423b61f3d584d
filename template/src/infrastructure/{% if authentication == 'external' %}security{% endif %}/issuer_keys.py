"""A cache of the issuer's keys, so that requests do not wait for the issuer."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from application.errors import AppUnavailableError
from infrastructure.security.issuer import IssuerError
from infrastructure.security.key_set import KeySet, read_key_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from jwt import PyJWK

    from infrastructure.security.issuer import HttpIssuer

logger = structlog.get_logger()


class IssuerKeys:
    """Fetches the keys when an unknown one is needed, and refreshes them in the background.

    Concurrent requests share one fetch, and for `pause` seconds after it, no unknown key starts
    another one, so that tokens with invented key ids cannot flood the issuer. While the issuer does
    not respond, the known keys remain valid.
    """

    def __init__(
        self,
        issuer: HttpIssuer,
        *,
        algorithms: tuple[str, ...],
        lifetime: float,
        pause: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._algorithms = algorithms
        self._lifetime = lifetime
        self._pause = pause
        self._now = now
        self._keys: KeySet = {}
        self._ids: frozenset[str] = frozenset()
        self._answered = False
        self._paused_until = self._fresh_until = float("-inf")
        self._under_way: asyncio.Task[None] | None = None

    def knows(self, key_id: str) -> bool:
        return key_id in self._ids

    async def find(self, key_id: str, algorithm: str) -> PyJWK | None:
        """Return the key of this id for this algorithm, or None if the issuer has no such key.

        Raises:
            AppUnavailableError: the key is unknown, and the last fetch failed.
        """
        if self.knows(key_id):
            if self._now() >= self._fresh_until:
                self._asking()
        elif self._under_way or self._now() >= self._paused_until:
            await asyncio.shield(self._asking())
        if not self.knows(key_id) and not self._answered:
            raise AppUnavailableError("the key of the access token cannot be fetched right now")
        return self._keys.get((key_id, algorithm))

    async def close(self) -> None:
        if self._under_way:
            self._under_way.cancel()
            with suppress(asyncio.CancelledError):
                await self._under_way
        await self._issuer.close()

    def _asking(self) -> asyncio.Task[None]:
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._ask())
        return self._under_way

    async def _ask(self) -> None:
        try:
            self._keys = await self._fetch()
        except IssuerError as exc:
            self._answered = False
            logger.warning("the issuer's keys could not be fetched", reason=str(exc))
        else:
            self._answered = True
            self._ids = frozenset(key_id for key_id, _ in self._keys)
        finally:
            self._paused_until = self._now() + self._pause
            self._fresh_until = self._now() + (self._lifetime if self._answered else self._pause)
            self._under_way = None

    async def _fetch(self) -> KeySet:
        keys = read_key_set(await self._issuer.fetch_keys(), self._algorithms)
        if not keys:
            raise IssuerError("none of the published keys can be used")
        return keys
