"""The health check for orchestrators and load balancers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from application.errors import AppUnavailableError, RepoUnavailableError

if TYPE_CHECKING:
    from application.health.ports import DatabaseProbe


async def check_readiness(database: DatabaseProbe, time_limit: float) -> None:
    """Return if the database responds and its tables are as new as the code.

    Args:
        time_limit: how many seconds to wait for the database.

    Raises:
        AppUnavailableError: the database did not respond in time, cannot be reached, or was not
            migrated.
    """
    try:
        async with asyncio.timeout(time_limit):
            await database.ping()
    except (TimeoutError, RepoUnavailableError) as exc:
        raise AppUnavailableError("the database is not available") from exc
