"""git and Copier as the tests run them: as a user who exists on every machine, without that user's settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import copier

IDENTITY = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org")
NO_SETTINGS = {"COPIER_SETTINGS_PATH": str(Path(__file__).with_name("copier-settings.yml"))}


# How these tests call Copier: nobody is asked, nothing is printed, settings of this machine do not count.
UNATTENDED: dict[str, Any] = {
    "defaults": True,
    "overwrite": True,
    "quiet": True,
    "unsafe": True,
    "settings": copier.Settings(),
}


def git_bytes(folder: Path, *arguments: str, **environment: str) -> bytes:
    """Run git and return its output.

    Raises:
        AssertionError: git failed; the message contains its error output.
    """
    done = subprocess.run(
        ["git", *IDENTITY, *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr.decode()}"
    return done.stdout


def git(folder: Path, *arguments: str) -> str:
    """Run git and return its output as text."""
    return os.fsdecode(git_bytes(folder, *arguments))


def commit(folder: Path, message: str = "Work") -> None:
    """Commit all files, in a new repository if there is none."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def render(template: Path, service: Path, **answers: object) -> None:
    """Render a service from the template's newest version."""
    copier.run_copy(str(template), service, answers, **UNATTENDED)


def update(service: Path, **answers: object) -> None:
    """Update a service to the template's newest version."""
    copier.run_update(service, answers, **UNATTENDED)


def recopy(service: Path) -> None:
    """Render a service again from its stored answers."""
    copier.run_recopy(service, **UNATTENDED)


def run_copier(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Copier's command line in a folder, with nobody to answer a question."""
    return run_unattended(folder, [sys.executable, "-m", "copier", *arguments], **environment)


def run_unattended(
    folder: Path, command: Sequence[str], **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command that may run Copier, without settings of this machine's user."""
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | NO_SETTINGS | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
