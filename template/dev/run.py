"""Run a command with the local environment: `python -m dev.run alembic current`."""

import subprocess
import sys

from dev.environment import local_environment
from dev.postgres import LocalPostgresError


def main() -> None:
    try:
        with local_environment() as environment:
            sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
    except LocalPostgresError as exc:
        sys.exit(str(exc))


if __name__ == "__main__":
    main()
