"""What an orchestrator or a load balancer asks of the service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from application.errors import AppUnavailableError, RepoUnavailableError

if TYPE_CHECKING:
    from application.health.ports import DatabaseProbe


async def check_readiness(database: DatabaseProbe, time_limit: float) -> None:
    """Return when the database has answered, and its tables are as new as the code.

    Args:
        time_limit: seconds to wait for it.

    Raises:
        AppUnavailableError: it has not answered in time, cannot be reached, or was not migrated.
    """
    try:
        async with asyncio.timeout(time_limit):
            await database.ping()
    except (TimeoutError, RepoUnavailableError) as exc:
        raise AppUnavailableError("the database is not available") from exc
