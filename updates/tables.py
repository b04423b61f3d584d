"""What no render can tell: which files have moved, and which are not to be merged.

The tables are `moves.yml` and `files.yml` beside this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from updates.files import Tree

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Tables:
    """Paths of the template, by what becomes of them."""

    moves: tuple[tuple[str, str], ...] = ()
    """From where to where, oldest first; a folder ends with a slash."""
    given_once: frozenset[str] = frozenset()
    """Texts that owners write anew: once edited, they are the owner's."""
    written_anew: Mapping[str, str] = field(default_factory=dict)
    """What a command makes from the owner's code, with the command."""

    def target(self, path: str, old: Tree, new: Tree) -> str | None:
        """Return where a file of the old render is in the new one; nothing if it is gone."""
        if path in new:
            return path
        now = path
        for source, place in self.moves:
            if now == source:
                now = place
            elif source.endswith("/") and now.startswith(source):
                now = place + now.removeprefix(source)
        return now if now in new and now not in old else None


def load(folder: Path = HERE) -> Tables:
    """Read the tables."""
    moved: dict[str, dict[str, str]] = _read(folder / "moves.yml") or {}
    files: dict[str, Any] = _read(folder / "files.yml")
    return Tables(
        tuple(move for version in moved.values() for move in version.items()),
        frozenset(files["given once"]),
        files["written anew"],
    )


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
