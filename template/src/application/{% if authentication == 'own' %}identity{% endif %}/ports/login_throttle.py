"""Attempts to log in, as they are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from application.sessions import AutocommitSession
    from domain.identity.login_attempt import LoginAttempt


class LoginThrottle(Protocol):
    """Counts the attempts to log in, per account and per client, for all processes together.

    A count stays, whatever becomes of the attempt, and is locked no longer than it takes: so its
    session commits each statement by itself.
    """

    async def admit(
        self, session: AutocommitSession, attempt: LoginAttempt, now: datetime
    ) -> timedelta | None:
        """Count the attempt. Return None if it may go on, or else how long to wait.

        Of attempts at the same time, no more than the limit may go on. The attempts of a client that
        is blocked do not count against the account.
        """

    async def forgive(self, session: AutocommitSession, attempt: LoginAttempt) -> None:
        """Forget an attempt that succeeded, and what failed for the same account before.

        What failed for the client stays: the password of one account says nothing of the others.
        """
