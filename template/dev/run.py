"""Run a command with the local environment: `python -m dev.run alembic current`."""

import subprocess
import sys

from dev.environment import local_environment
from dev.files import LocalError


def main() -> None:
    try:
        with local_environment() as environment:
            sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
    except LocalError as exc:
        sys.exit(str(exc))


if __name__ == "__main__":
    main()
