"""Counting login attempts in PostgreSQL, which all processes and machines share.

The clock is the database's, because the clocks of several machines differ.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Interval,
    LargeBinary,
    bindparam,
    case,
    delete,
    func,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from infrastructure.persistence.identity.models.login_attempts import LoginAttemptsModel

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy import CTE, Select

    from application.identity.dto.login import LoginLimits
    from application.sessions import AutocommitSession
    from domain.identity.login_attempt import LoginAttempt

_COUNTS = LoginAttemptsModel.__table__
_EXPIRED = _COUNTS.c.expires_at <= func.now()
_END_OF_WINDOW = func.now() + bindparam("window", type_=Interval)

# A key begins with its kind. Attempts are counted in the order of the kinds, and every statement
# that locks several rows locks them in that order, which prevents deadlocks.
_CLIENT, _ACCOUNT_AND_CLIENT, _ACCOUNT = b"\x01", b"\x02", b"\x03"


def _counting(keys: int) -> Select[Any]:
    """Return the statement that counts an attempt under this number of keys and returns the counts.

    It counts under a key only if the count of the previous key is within its limit. Counting and
    reading are one statement, so that each of several concurrent attempts gets a different count.
    """
    counted: list[CTE] = []
    for number in range(keys):
        first = select(bindparam(f"key_{number}", type_=LargeBinary), literal(1), _END_OF_WINDOW)
        if counted:
            before = counted[-1]
            first = first.where(before.c.attempts <= bindparam(f"limit_{number - 1}"))
        upsert = insert(_COUNTS).from_select(["key", "attempts", "expires_at"], first)
        end = upsert.excluded.expires_at
        counted.append(
            upsert.on_conflict_do_update(
                index_elements=[_COUNTS.c.key],
                set_={
                    "attempts": case((_EXPIRED, 1), else_=_COUNTS.c.attempts + 1),
                    # A clock that was ahead may have stored an end that is too late.
                    "expires_at": case(
                        (_EXPIRED, end), else_=func.least(_COUNTS.c.expires_at, end)
                    ),
                },
            )
            .returning(_COUNTS)
            .cte(f"counted_{number}")
        )
    # The statement also deletes expired rows: up to ten, while an attempt adds no more than three,
    # so the table holds about as many rows as one window needs. It locks the counts first, and then
    # skips rows that others have locked, so there is no deadlock.
    cleared = delete(_COUNTS).where(
        _COUNTS.c.key.in_(
            select(_COUNTS.c.key)
            .where(_EXPIRED, _COUNTS.c.key.not_in(union_all(*(select(c.c.key) for c in counted))))
            .order_by(_COUNTS.c.expires_at)
            .limit(10)
            .with_for_update(skip_locked=True)
        )
    )
    told = union_all(*(select(c.c.key, c.c.attempts, c.c.expires_at) for c in counted)).subquery()
    wait = (told.c.expires_at - func.now()).label("wait")
    return select(told.c.attempts, wait).order_by(told.c.key).add_cte(cleared.cte("cleared"))


_COUNT = {keys: _counting(keys) for keys in (1, 2, 3)}

_FORGIVE = (
    update(_COUNTS)
    .where(
        _COUNTS.c.key.in_(
            select(_COUNTS.c.key)
            .where(_COUNTS.c.key.in_(bindparam("keys", expanding=True)))
            .order_by(_COUNTS.c.key)
            .with_for_update()
        )
    )
    .values(
        attempts=case(
            (_COUNTS.c.key == bindparam("client"), func.greatest(_COUNTS.c.attempts - 1, 0)),
            else_=0,
        )
    )
)


class PgLoginThrottle:
    """If a limit is 0, attempts are not counted for it."""

    def __init__(self, limits: LoginLimits) -> None:
        self._limits = limits

    async def admit(self, session: AutocommitSession, attempt: LoginAttempt) -> timedelta | None:
        counted = self._counted(attempt)
        if not counted:
            return None
        values: dict[str, Any] = {"window": self._limits.window}
        for number, (key, limit) in enumerate(counted):
            values |= {f"key_{number}": key, f"limit_{number}": limit}
        counts = (await session.execute(_COUNT[len(counted)], values)).all()
        # The last count decides, because counting stops at the first one that exceeds its limit.
        (_, limit), last = counted[len(counts) - 1], counts[-1]
        wait: timedelta = last.wait
        return wait if last.attempts > limit else None

    async def forgive(self, session: AutocommitSession, attempt: LoginAttempt) -> None:
        if counted := self._counted(attempt):
            keys = [key for key, _ in counted]
            await session.execute(_FORGIVE, {"keys": keys, "client": _client_key(attempt)})

    def _counted(self, attempt: LoginAttempt) -> list[tuple[bytes, int]]:
        """Return the keys under which the attempt is counted, in order, with their limits."""
        counted = [(_key(_ACCOUNT, attempt.account), self._limits.per_account)]
        if attempt.client:
            both = _key(_ACCOUNT_AND_CLIENT, attempt.account, attempt.client)
            counted = [
                (_client_key(attempt), self._limits.per_client),
                (both, self._limits.per_account_and_client),
                *counted,
            ]
        return [(key, limit) for key, limit in counted if limit]


def _client_key(attempt: LoginAttempt) -> bytes:
    return _key(_CLIENT, attempt.client or "")


def _key(kind: bytes, *names: str) -> bytes:
    """Return a hash as the key: people may type anything as a name, including their password."""
    digests = b"".join(sha256(name.encode()).digest() for name in names)
    return kind + sha256(digests).digest()[:31]
