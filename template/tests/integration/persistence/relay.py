"""A network between the service and its database, which can drop connections without a word."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import make_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Relay:
    """Passes on what either side sends, until the connection is dropped."""

    def __init__(self, database_url: str) -> None:
        self._target = make_url(database_url)
        self._links: list[asyncio.Event] = []
        self.url = database_url

    @property
    def opened(self) -> int:
        """How many connections were made so far."""
        return len(self._links)

    def drop_all(self) -> None:
        """Let nothing more pass on any connection that there is. Neither side is told."""
        for dropped in self._links:
            dropped.set()

    @asynccontextmanager
    async def listening(self, folder: Path | None = None) -> AsyncIterator[Relay]:
        """Listen on a port, or on a socket in this folder."""
        if folder:
            server = await asyncio.start_unix_server(self._link, folder / ".s.PGSQL.5432")
            query = {"host": str(folder)}
            url = self._target.set(host=None, port=None).update_query_dict(query)
        else:
            server = await asyncio.start_server(self._link, "127.0.0.1")
            url = self._target.set(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
        self.url = url.render_as_string(hide_password=False)
        try:
            yield self
        finally:
            server.close()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        dropped = asyncio.Event()
        self._links.append(dropped)
        async with AsyncExitStack() as ends:
            ends.callback(writer.close)
            server = await asyncio.open_connection(self._target.host, self._target.port)
            ends.callback(server[1].close)
            await asyncio.gather(
                _pump(reader, server[1], dropped), _pump(server[0], writer, dropped)
            )


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, dropped: asyncio.Event
) -> None:
    try:
        while data := await reader.read(65536):
            if not dropped.is_set():
                writer.write(data)
    except ConnectionError:
        return
    if not dropped.is_set():
        writer.close()
