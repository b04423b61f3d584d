"""The ports of the health checks."""

from typing import Protocol


class DatabaseProbe(Protocol):
    async def ping(self) -> None:
        """Check that the database responds, and that it has the tables that the service needs.

        Raises:
            RepoUnavailableError: the database cannot be reached, or its tables are older than the
                code.
        """
