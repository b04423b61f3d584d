"""The tools that do the looking. Each turns what it finds into refusals."""

import shutil
import subprocess
import sysconfig

from architecture import ROOT, SOURCE

REFUSED = 1
"""The exit code of ast-grep and ruff when they found something; more than that is a failure."""


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Let a program of this environment look at the source."""
    path = shutil.which(program, path=sysconfig.get_path("scripts")) or program
    return subprocess.run(
        [path, *arguments, SOURCE.name],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
