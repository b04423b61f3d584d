"""Attempts to log in, counted in PostgreSQL, where all processes and machines see them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from infrastructure.persistence.identity.models.login_attempts import LoginAttemptsModel

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from application.identity.dto.login import LoginLimits
    from application.sessions import AutocommitSession
    from domain.identity.login_attempt import LoginAttempt

_COUNTS = LoginAttemptsModel.__table__
_EXPIRED = _COUNTS.c.expires_at <= bindparam("now")

# One statement counts and tells the count, so that of attempts at the same time each has a number
# of its own.
_FIRST = insert(_COUNTS).values(
    key=bindparam("key"), attempts=1, expires_at=bindparam("expires_at")
)
_COUNTED = (
    _FIRST.on_conflict_do_update(
        index_elements=[_COUNTS.c.key],
        set_={
            "attempts": case((_EXPIRED, 1), else_=_COUNTS.c.attempts + 1),
            "expires_at": case((_EXPIRED, _FIRST.excluded.expires_at), else_=_COUNTS.c.expires_at),
        },
    )
    .returning(_COUNTS)
    .cte("counted")
)
# It also clears away what has expired. Each attempt adds at most one row and may take ten, so the
# table is as long as one window is busy. It asks for the count first and waits for nobody after:
# there is no deadlock.
_CLEARED = (
    delete(_COUNTS)
    .where(
        _COUNTS.c.key.in_(
            select(_COUNTS.c.key)
            .where(_EXPIRED, _COUNTS.c.key != select(_COUNTED.c.key).scalar_subquery())
            .order_by(_COUNTS.c.expires_at)
            .limit(10)
            .with_for_update(skip_locked=True)
        )
    )
    .cte("cleared")
)
_COUNT = select(_COUNTED.c.attempts, _COUNTED.c.expires_at).add_cte(_CLEARED)

# In the order of keys, because two logins of one account from one client lock the same two rows.
_FORGIVE = (
    update(_COUNTS)
    .where(
        _COUNTS.c.key.in_(
            select(_COUNTS.c.key)
            .where(_COUNTS.c.key.in_([bindparam("account"), bindparam("client")]))
            .order_by(_COUNTS.c.key)
            .with_for_update()
        )
    )
    .values(
        attempts=case(
            (_COUNTS.c.key == bindparam("account"), 0),
            else_=func.greatest(_COUNTS.c.attempts - 1, 0),
        )
    )
)


class PgLoginThrottle:
    """A limit of 0 is not counted against at all."""

    def __init__(self, limits: LoginLimits) -> None:
        self._limits = limits

    async def admit(
        self, session: AutocommitSession, attempt: LoginAttempt, now: datetime
    ) -> timedelta | None:
        for key, limit in (
            (_client_key(attempt), self._limits.per_client),
            (_account_key(attempt), self._limits.per_account),
        ):
            if key and limit:
                times = {"now": now, "expires_at": now + self._limits.window}
                count = (await session.execute(_COUNT, {"key": key, **times})).one()
                if count.attempts > limit:
                    expires_at: datetime = count.expires_at
                    return expires_at - now
        return None

    async def forgive(self, session: AutocommitSession, attempt: LoginAttempt) -> None:
        if self._limits.per_account or self._limits.per_client:
            keys = {"account": _account_key(attempt), "client": _client_key(attempt)}
            await session.execute(_FORGIVE, keys)


def _account_key(attempt: LoginAttempt) -> bytes:
    """Return a key of bounded length: people type anything as a name, their password included."""
    return sha256(f"account {attempt.account}".encode()).digest()


def _client_key(attempt: LoginAttempt) -> bytes | None:
    return sha256(f"client {attempt.client}".encode()).digest() if attempt.client else None
