"""Start the database, bring it up to date, and serve with reload: `just dev`."""

import os
import socket
import subprocess
import sys

import uvicorn

from dev.environment import local_environment
from dev.postgres import LocalPostgresError

HOST = "127.0.0.1"
FIRST_PORT = 8000


def main() -> None:
    try:
        with local_environment() as environment:
            os.environ.update(environment)
            subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], check=True)
            serve(int(os.environ.get("PORT") or free_port()))
    except LocalPostgresError as exc:
        sys.exit(str(exc))
    except subprocess.CalledProcessError:
        sys.exit("The database could not be brought up to date; the reason stands above.")


def serve(port: int) -> None:
    address = f"http://{HOST}:{port}"
    print(f"\n  API   {address}\n  Docs  {address}/docs\n\n  Ctrl-C stops it; the data stays.\n")
    uvicorn.run(
        "presentation.app:create_app",
        factory=True,
        host=HOST,
        port=port,
        reload=True,
        reload_dirs=["src"],
    )


def free_port() -> int:
    """Return the first port from 8000 on that nobody listens on."""
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    sys.exit(f"No port is free between {FIRST_PORT} and {FIRST_PORT + 99}; set PORT.")


if __name__ == "__main__":
    main()
