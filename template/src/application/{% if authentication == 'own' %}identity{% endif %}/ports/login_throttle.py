"""Limiting the number of login attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import timedelta

    from application.sessions import AutocommitSession
    from domain.identity.login_attempt import LoginAttempt


class LoginThrottle(Protocol):
    """Counts login attempts, across all processes.

    Attempts are counted per client, per account and client, and per account from any client. The
    throttle has its own clock, the same one for all processes.

    A count is kept whatever the outcome of the attempt, and is locked as briefly as possible. That
    is why each statement commits by itself.
    """

    async def admit(self, session: AutocommitSession, attempt: LoginAttempt) -> timedelta | None:
        """Count the attempt. Return None if it may proceed, or else how long to wait.

        The wait is never longer than the window, even if the clock was wrong when the count began.
        Of concurrent attempts, no more than the limit may proceed. A blocked client's attempts do
        not count against the account, whether it is blocked for this account or altogether.
        """

    async def forgive(self, session: AutocommitSession, attempt: LoginAttempt) -> None:
        """Forget a successful attempt, and the failed attempts at the same account before it.

        The failed attempts of other clients no longer count against the account, but still count
        against each of those clients. The client's failed attempts at other accounts still count:
        knowing the password of one account proves nothing about the others.
        """
