"""A network between the service and its database, which can drop connections silently."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import make_url

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import AsyncIterator
    from pathlib import Path


class Relay:
    """Forwards data in both directions, until the connection is dropped."""

    def __init__(self, database_url: str) -> None:
        self._target = make_url(database_url)
        self._dropped: list[asyncio.Event] = []
        self._links: set[asyncio.Task[None]] = set()
        self.url = database_url

    def url_of_several(self, port: int, wanted: str) -> str:
        """Return an address with two servers: another one on this port, and then this one."""
        here = make_url(self.url)
        servers = (f"127.0.0.1:{port}", f"{here.host}:{here.port}")
        several = here._replace(host=None, port=None).set(
            query={"host": servers, "target_session_attrs": wanted}
        )
        return several.render_as_string(hide_password=False)

    def drop_all(self) -> None:
        """Stop forwarding on all existing connections, without closing them."""
        for dropped in self._dropped:
            dropped.set()

    @asynccontextmanager
    async def listening(self, folder: Path | None = None) -> AsyncIterator[Relay]:
        """Listen on a port, or on a Unix socket in this folder."""
        if folder:
            server = await asyncio.start_unix_server(self._accept, folder / ".s.PGSQL.5432")
            url = self._target._replace(host=None, port=None).set(query={"host": str(folder)})
        else:
            server = await asyncio.start_server(self._accept, "127.0.0.1")
            url = self._target.set(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
        self.url = url.render_as_string(hide_password=False)
        try:
            yield self
        finally:
            server.close()
            for link in self._links:
                link.cancel()
            await asyncio.gather(*self._links, return_exceptions=True)

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._links.add(asyncio.create_task(self._link(reader, writer)))

    async def _link(self, reader: StreamReader, writer: StreamWriter) -> None:
        dropped = asyncio.Event()
        self._dropped.append(dropped)
        from_server, to_server = await asyncio.open_connection(self._target.host, self._target.port)
        try:
            await asyncio.gather(
                _pass_on(reader, to_server, dropped), _pass_on(from_server, writer, dropped)
            )
        finally:
            for end in (writer, to_server):
                end.transport.abort()
                with suppress(OSError):
                    await end.wait_closed()


async def _pass_on(reader: StreamReader, writer: StreamWriter, dropped: asyncio.Event) -> None:
    with suppress(ConnectionError):  # also ends the connection
        while data := await reader.read(65536):
            if not dropped.is_set():
                writer.write(data)
    if not dropped.is_set():
        writer.close()
