"""What the health checks ask of the outside."""

from typing import Protocol


class DatabaseProbe(Protocol):
    async def ping(self) -> None:
        """Ask the database whether it is there, with the tables that the service needs.

        Raises:
            RepoUnavailableError: it cannot be reached, or its tables are older than the code.
        """
