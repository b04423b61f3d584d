"""Start the database, bring it up to date, and serve with reload: `just dev`."""

import os
import socket
import subprocess
import sys

from uvicorn import Config, Server
from uvicorn.supervisors import ChangeReload

from dev.environment import LOCAL, local_environment
from dev.postgres import LocalPostgresError

HOST = "127.0.0.1"
USUAL_PORTS = range(8000, 8100)


def main() -> None:
    if not LOCAL.exists():
        compile_libraries()
    try:
        with local_environment() as environment:
            os.environ.update(environment)
            subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], check=True)
            serve(free_socket())
    except LocalPostgresError as exc:
        sys.exit(str(exc))
    except subprocess.CalledProcessError:
        sys.exit("The database could not be brought up to date; the reason stands above.")


def compile_libraries() -> None:
    """Let another core do, on the very first start, what the first import of each library costs."""
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
    """Listen on `PORT`, or on the first port from 8000 on that is free."""
    given = os.environ.get("PORT", "").strip()
    if given and not (given.isdecimal() and 1 <= int(given) <= 65535):
        sys.exit(f"PORT must be a number from 1 to 65535, and is {given!r}.")
    for port in [int(given)] if given else USUAL_PORTS:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            # Only who listens has the port: several may bind it at the same time.
            listening.bind((HOST, port))
            listening.listen()
        except OSError:
            listening.close()
        else:
            return listening
    sys.exit(
        f"Port {given or f'{USUAL_PORTS.start} to {USUAL_PORTS.stop - 1}'} is taken; set PORT."
    )


if __name__ == "__main__":
    main()
