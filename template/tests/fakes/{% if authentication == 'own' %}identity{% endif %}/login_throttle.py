"""Fake for `application.identity.ports.login_throttle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from application.identity.dto.login import LoginLimits
    from application.sessions import AutocommitSession
    from domain.identity.login_attempt import LoginAttempt


class FakeLoginThrottle:
    """Keeps its counts in memory."""

    def __init__(self, limits: LoginLimits) -> None:
        self._limits = limits
        self._counts: dict[tuple[str, str], tuple[int, datetime]] = {}

    async def admit(
        self, session: AutocommitSession, attempt: LoginAttempt, now: datetime
    ) -> timedelta | None:
        for kind, name, limit in (
            ("client", attempt.client, self._limits.per_client),
            ("account", attempt.account, self._limits.per_account),
        ):
            if name and limit:
                attempts, expires_at = self._counts.get((kind, name), (0, now))
                if expires_at <= now:
                    attempts, expires_at = 0, now + self._limits.window
                self._counts[kind, name] = (attempts + 1, expires_at)
                if attempts >= limit:
                    return expires_at - now
        return None

    async def forgive(self, session: AutocommitSession, attempt: LoginAttempt) -> None:
        for kind, name in (("account", attempt.account), ("client", attempt.client or "")):
            if counted := self._counts.get((kind, name)):
                attempts, expires_at = counted
                left = 0 if kind == "account" else max(attempts - 1, 0)
                self._counts[kind, name] = (left, expires_at)
