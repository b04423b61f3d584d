"""The database, its migrations and the service, from start to stop."""

import os
import socket
import subprocess
import sys

from uvicorn import Config, Server
from uvicorn.supervisors import ChangeReload

from dev.environment import LOCAL, local_environment
from dev.files import LocalError

HOST = "127.0.0.1"
USUAL_PORTS = range(8000, 8100)


def run() -> None:
    if not LOCAL.exists():
        compile_libraries()
    with local_environment() as environment:
        os.environ.clear()
        os.environ.update(environment)
        migrate()
        serve(free_socket())


def migrate() -> None:
    """Bring the database up to date, in a session of its own, which Ctrl-C does not reach."""
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    if subprocess.run(command, start_new_session=True, check=False).returncode != 0:
        raise LocalError("The database could not be brought up to date; see above for the reason.")


def compile_libraries() -> None:
    """Compile the libraries in another process, to make the very first start faster."""
    command = [sys.executable, "-c", "import presentation.app"]
    subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def serve(listening: socket.socket) -> None:
    """Serve on this socket until stopped. Each reload is a new process that inherits it."""
    address = f"http://{HOST}:{listening.getsockname()[1]}"
    print(f"\n  API   {address}\n  Docs  {address}/docs\n\n  Ctrl-C stops it; the data stay.\n")
    config = Config(
        "presentation.app:create_app",
        factory=True,
        http="presentation.protocol:HttpProtocol",
        reload=True,
        reload_dirs=["src"],
        server_header=False,
    )
    ChangeReload(config, target=Server(config).run, sockets=[listening]).run()


def free_socket() -> socket.socket:
    """Listen on `PORT`, or on the first free port from 8000 on."""
    given = os.environ.get("PORT", "").strip()
    if given and not (given.isdecimal() and 1 <= int(given) <= 65535):
        raise LocalError(f"PORT must be a number from 1 to 65535, and is {given!r}.")
    for port in [int(given)] if given else USUAL_PORTS:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            # Only `listen` claims the port: several sockets can bind it at the same time.
            listening.bind((HOST, port))
            listening.listen()
        except OSError:
            listening.close()
        else:
            return listening
    raise LocalError(
        f"Port {given or f'{USUAL_PORTS.start} to {USUAL_PORTS.stop - 1}'} is taken; set PORT."
    )
