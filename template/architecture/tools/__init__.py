"""The tools that check the code. Each returns its findings as refusals."""

import shutil
import subprocess
import sysconfig

from architecture import ROOT, SOURCE

REFUSED = 1
"""The exit code of ast-grep and ruff if they found something; higher codes are failures."""


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this environment on the source."""
    path = shutil.which(program, path=sysconfig.get_path("scripts")) or program
    return subprocess.run(
        [path, *arguments, SOURCE.name],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
