"""Measures one process of a service; `growth.py` runs it with the service's own Python.

python growth_probe.py REQUESTS FIRST_PATH LAST_PATH
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path.cwd()), str(Path.cwd() / "src")]


async def main() -> None:
    requests, paths = int(sys.argv[1]), sys.argv[2:]
    started = time.process_time()
    from presentation.app import create_app

    imported = time.process_time()
    from tests.settings import settings_for_tests

    settings = settings_for_tests("postgresql+asyncpg://nobody@localhost/none")
    begun = time.process_time()
    app = create_app(settings)
    await refused(app, paths[-1])
    ready = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    first, last = [], []
    for _ in range(5):  # alternating, so that a disturbance affects both
        first.append(await cost(app, paths[0], requests))
        last.append(await cost(app, paths[-1], requests))
    figures = {
        "request to the first route, µs": statistics.median(first),
        "request to the last route, µs": statistics.median(last),
        "import, s": imported - started,
        "start-up, s": ready - begun,
        "memory after the first response, MiB": memory,
    }
    print(json.dumps(figures))


async def cost(app: Any, path: str, requests: int) -> float:
    """Return the microseconds of processor time that a request takes."""
    started = time.process_time()
    for _ in range(requests):
        await refused(app, path)
    return (time.process_time() - started) / requests * 1e6


async def refused(app: Any, path: str) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"service")],
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 401, sent


if __name__ == "__main__":
    asyncio.run(main())
