"""The cost of each part of a read in the rendered service.

    uv run python -m tests.benchmarks.anatomy

Prints the minimum CPU time of many rounds, in one process and without HTTP. The time of a part includes
its own parts.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.throughput import RIVALS, fill, make_environment
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "template"))
from dev.postgres import LocalPostgres

from tests.production import render_service


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)  # as root, PostgreSQL runs as `nobody`
        service = render_service(Path(scratch) / "service")
        with LocalPostgres(Path(scratch) / "postgres").running() as postgres:
            environment = make_environment(postgres)
            fill(service, postgres, environment)
            print("| piece | CPU µs |\n|---|---|", flush=True)
            pieces = [str(service / ".venv/bin/python"), str(RIVALS / "pieces.py")]
            sys.exit(subprocess.run(pieces, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
