"""The tables of an update: `moves.yml`, `files.yml` and `answers.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from updates.answers import Change
from updates.files import Tree

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Tables:
    """The paths that an update treats in a special way."""

    moves: tuple[tuple[str, str], ...] = ()
    """Pairs of the old and the new path, oldest first; folders end with a slash."""
    given_once: frozenset[str] = frozenset()
    """Texts that owners rewrite: an edited one is never changed."""
    written_anew: Mapping[str, str] = field(default_factory=dict)
    """The commands that generate files from the owner's code, by path."""
    answers: tuple[Change, ...] = ()
    """Stored answers that are no longer accepted, oldest first."""

    def target(self, path: str, old: Tree, new: Tree) -> str | None:
        """Return the path of an old file in the new render; None if the template has deleted it."""
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
    answers: dict[str, dict[str, Any]] = _read(folder / "answers.yml") or {}
    return Tables(
        tuple(move for version in moved.values() for move in version.items()),
        frozenset(files["given once"]),
        files["written anew"],
        tuple(Change(**change) for change in answers.values()),
    )


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
