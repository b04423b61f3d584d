"""Attempts to log in, as they are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import timedelta

    from application.sessions import AutocommitSession
    from domain.identity.login_attempt import LoginAttempt


class LoginThrottle(Protocol):
    """Counts the attempts to log in, for all processes together.

    They are counted per client, per account and client, and per account from wherever. The clock is
    the throttle's own, one for all processes.

    A count stays, whatever becomes of the attempt, and is locked no longer than it takes: so its
    session commits each statement by itself.
    """

    async def admit(self, session: AutocommitSession, attempt: LoginAttempt) -> timedelta | None:
        """Count the attempt. Return None if it may go on, or else how long to wait.

        That is never longer than the window, whatever a clock said when the count began. Of attempts
        at the same time, no more than the limit may go on. The attempts of a client that is blocked,
        at this account or at all, do not count against the account.
        """

    async def forgive(self, session: AutocommitSession, attempt: LoginAttempt) -> None:
        """Forget an attempt that succeeded, and what failed for the same account before.

        What other clients failed at the account does not count against the account any more, but
        against each of them. What failed for the client at other accounts stays: the password of one
        says nothing of the others.
        """
