"""Fake for `application.identity.ports.login_throttle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from application.clock import Clock
    from application.identity.dto.login import LoginLimits
    from application.sessions import AutocommitSession
    from domain.identity.login_attempt import LoginAttempt


class FakeLoginThrottle:
    """Stores its counts in memory, and has its own clock."""

    def __init__(self, limits: LoginLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._counts: dict[tuple[str, ...], tuple[int, datetime]] = {}

    async def admit(self, session: AutocommitSession, attempt: LoginAttempt) -> timedelta | None:
        now = self._clock.now()
        end = now + self._limits.window
        for key, limit in self._counted(attempt):
            attempts, expires_at = self._counts.get(key, (0, now))
            if expires_at <= now:
                attempts, expires_at = 0, end
            expires_at = min(expires_at, end)
            self._counts[key] = (attempts + 1, expires_at)
            if attempts >= limit:
                return expires_at - now
        return None

    async def forgive(self, session: AutocommitSession, attempt: LoginAttempt) -> None:
        for key, _ in self._counted(attempt):
            if counted := self._counts.get(key):
                attempts, expires_at = counted
                left = max(attempts - 1, 0) if key[0] == "client" else 0
                self._counts[key] = (left, expires_at)

    def _counted(self, attempt: LoginAttempt) -> list[tuple[tuple[str, ...], int]]:
        account, client, limits = attempt.account, attempt.client, self._limits
        counted: list[tuple[tuple[str, ...], int]] = [(("account", account), limits.per_account)]
        if client:
            both = ("both", account, client), limits.per_account_and_client
            counted = [(("client", client), limits.per_client), both, *counted]
        return [(key, limit) for key, limit in counted if limit]
