"""What the health checks ask of the outside."""

from typing import Protocol


class DatabaseProbe(Protocol):
    async def ping(self) -> None:
        """Ask the database for the simplest answer it can give.

        Raises:
            RepoUnavailableError: it cannot be reached.
        """
