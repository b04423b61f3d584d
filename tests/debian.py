"""Programs that no wheel contains: from the machine, or installed with `apt` on Debian."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

SBIN = f"{os.environ['PATH']}:/usr/sbin:/sbin"


def need(**programs: str) -> None:
    """Make sure that these programs exist, each given with its package, or skip the test with the reason.

    They are installed if that is possible without a question: as root, with `apt-get`.
    """
    with (Path(tempfile.gettempdir()) / "strata-apt.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests run in several processes
        missing = {name: p for name, p in programs.items() if not shutil.which(name, path=SBIN)}
        if not missing:
            return
        names = ", ".join(missing)
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            pytest.skip(f"{names}: not installed, and only root can install it, with apt-get")
        if problem := _install(sorted(set(missing.values()))):
            pytest.skip(f"{names}: not installed, and apt-get says: {problem}")


def _install(packages: list[str]) -> str:
    """Install packages, and return the last message of `apt-get` if that failed."""
    install = ["install", "--yes", "--no-install-recommends", *packages]
    ended = _apt_get(*install)
    if ended.returncode != 0:  # on a new machine, the package lists are empty or old
        _apt_get("update")
        ended = _apt_get(*install)
    lines = ended.stdout.strip().splitlines() or [f"exit code {ended.returncode}"]
    return "" if ended.returncode == 0 else lines[-1]


def _apt_get(*arguments: str) -> subprocess.CompletedProcess[str]:
    patience = ["-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=2"]
    return subprocess.run(
        ["timeout", "180", "apt-get", "--quiet", *patience, *arguments],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "PATH": SBIN},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
