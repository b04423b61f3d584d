"""The cost of verifying a token of an external issuer, compared with one of the service's own.

    uv run python -m tests.benchmarks.tokens [--quick]

Prints the minimum CPU time of many rounds, in one process and without a network.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.throughput import RIVALS
from tests.conftest import owners_environment
from tests.production import render_service


def main() -> None:
    rounds = "1" if "--quick" in sys.argv else "20"
    with tempfile.TemporaryDirectory() as scratch:
        service = render_service(Path(scratch) / "service", "-d", "authentication=external")
        measured = subprocess.run(
            [str(service / ".venv/bin/python"), str(RIVALS / "verifying.py"), rounds],
            env=owners_environment() | {"PYTHONPATH": str(service)},
            check=False,
        )
    sys.exit(measured.returncode)


if __name__ == "__main__":
    main()
