"""Lets Copier ask git about the index of the destination only where there is one.

After each file, Copier starts git to learn whether the index must be told that the file is executable. A
service that is born is in no repository yet, and neither are the copies that an update compares.
"""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import copier
from jinja2.ext import Extension

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

ASKS: Final = "_sync_git_index_executable_bit"
"""The method of Copier's that asks git."""


class IndexingExtension(Extension):
    """Changes Copier's class for as long as the process runs."""

    def __init__(self, environment: Environment) -> None:
        """Change it once, however many environments there are. Another Copier stays as it is."""
        super().__init__(environment)
        worker = getattr(getattr(copier, "_main", None), "Worker", None)
        ask = getattr(worker, ASKS, None)
        if ask is not None and not hasattr(ask, "__wrapped__"):
            setattr(worker, ASKS, asking_repositories(ask))


def asking_repositories(ask: Any) -> Any:
    """Return a method that does nothing outside of repositories."""

    @wraps(ask)
    def ask_repository(worker: Any, *arguments: Any, **named: Any) -> None:
        if is_in_repository(worker.subproject.local_abspath):
            ask(worker, *arguments, **named)

    return ask_repository


def is_in_repository(folder: Path) -> bool:
    """Tell whether git may find a repository for a folder."""
    real = folder.resolve()
    return "GIT_DIR" in os.environ or any(
        (each / ".git").exists() for each in (real, *real.parents)
    )
