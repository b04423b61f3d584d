"""Runs pytest again and again, each time in a fork that has the libraries already: half the time of a start.

It is run by the Python of a service, in the service's folder. Each line of its input is a JSON list of
arguments for pytest, before them the URL of an empty database; each line of its output says how that ended.
"""

import gc
import json
import os
import signal
import sys
import tempfile
from importlib import import_module

LIBRARIES = (
    *("alembic.command", "alembic.autogenerate", "anyio", "asyncpg", "fastapi", "httpx", "uvicorn"),
    *("pydantic_settings", "pytest", "pytest_asyncio.plugin", "xdist.plugin"),
    "sqlalchemy.ext.asyncio",
    *("sqlalchemy.dialects.postgresql.asyncpg", "argon2", "jwt", "opentelemetry.trace"),
    *("cryptography.hazmat.primitives.asymmetric.ed25519", "multipart", "email_validator"),
)
PATIENCE = 600  # seconds, after which a change has made the tests hang; busy machines are slow, too


def main() -> None:
    sys.dont_write_bytecode = True  # of a mutant, which the next one could be taken for
    for name in LIBRARIES:
        try:
            import_module(name)
        except ImportError:
            continue
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        url, *arguments = json.loads(line)
        with tempfile.TemporaryFile("w+") as output:
            child = os.fork()
            if child == 0:
                run(url, arguments, output.fileno())
            _, status = os.waitpid(child, 0)
            output.seek(0)
            told = {"code": os.waitstatus_to_exitcode(status), "output": output.read()}
        print(json.dumps(told), flush=True)


def run(url: str, arguments: list[str], output: int) -> None:
    import pytest
    import pytest_asyncio.plugin
    import xdist.plugin

    for stream in (1, 2):
        os.dup2(output, stream)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # others would cost time, and are not used
    if url:
        os.environ["TEST_DATABASE_URL"] = url
    signal.alarm(PATIENCE)
    code = pytest.main(arguments, plugins=[pytest_asyncio.plugin, xdist.plugin])
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
