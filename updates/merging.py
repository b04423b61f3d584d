"""The three-way merge of one file, by `git merge-file`.

`base` is the file of the old render, `mine` the owner's, and `theirs` the file of the new render.
git also reports a conflict if the two sides have changed adjacent lines. Here, both changes are taken
in that case. Only changes of the same line and insertions at the same place conflict.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from updates.files import File

LABELS: Final = ("before updating", "last update", "after updating")
MARKERS: Final = re.compile(rb"^([<|=>])\1*", re.MULTILINE)


@dataclass(frozen=True)
class Merged:
    """The result of a merge. Conflicts in its text have git's usual markers."""

    file: File
    conflicts: int = 0


def merge(base: File | None, mine: File, theirs: File) -> Merged:
    """Merge two versions of a file; `base` is None if both sides have added it.

    Links and binary files have no lines to merge: if both sides have changed one, the result is the
    owner's version, and counts as one conflict.
    """
    if mine == theirs or base == theirs:
        return Merged(mine)
    mode = merged_mode(base, mine, theirs)
    if base and base.content == mine.content and not (mine.is_link or theirs.is_link):
        return Merged(File(theirs.content, mode))
    if base == mine:
        return Merged(theirs)
    if base and base.content == theirs.content and not (mine.is_link or theirs.is_link):
        return Merged(File(mine.content, mode))
    files = [file for file in (base, mine, theirs) if file]
    if any(file.is_link or file.is_binary for file in files):
        return Merged(mine, conflicts=1)
    newline = newline_of(mine.content)
    texts = (to_lf(file.content) for file in (mine, base or File(b""), theirs))
    content, conflicts = merge_texts(*texts)
    if newline == b"\r\n":
        content = content.replace(b"\n", b"\r\n")
    return Merged(File(content, mode), conflicts)


def merged_mode(base: File | None, mine: File, theirs: File) -> str:
    """Return the owner's mode if the owner has changed it, or else the template's."""
    return theirs.mode if base and base.mode == mine.mode else mine.mode


def newline_of(content: bytes) -> bytes:
    """Return the line ending: CRLF if all lines end with it, or else LF."""
    ends = content.count(b"\n")
    return b"\r\n" if ends and content.count(b"\r\n") == ends else b"\n"


def to_lf(content: bytes) -> bytes:
    """Convert CRLF to LF if all lines end with CRLF."""
    return content.replace(b"\r\n", b"\n") if newline_of(content) == b"\r\n" else content


def same_text(one: bytes, other: bytes) -> bool:
    """Tell whether two contents are equal, or differ only in their line endings."""
    return one == other or to_lf(one) == to_lf(other)


def merge_texts(mine: bytes, base: bytes, theirs: bytes) -> tuple[bytes, int]:
    """Merge texts with LF line endings; return the result and the number of its conflicts."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("mine", "base", "theirs")]
        for path, content in zip(paths, (mine, base, theirs), strict=True):
            path.write_bytes(content)
        size = marker_size(mine, base, theirs)
        command = ["git", "merge-file", "-p", "--diff3", f"--marker-size={size}"]
        done = subprocess.run(
            [*command, *map(str, paths)],
            capture_output=True,
            check=False,
        )
    if not 0 <= done.returncode <= 127:
        raise OSError(f"git merge-file: {done.stderr.decode(errors='replace').strip()}")
    parts = [part for found in split(done.stdout, size) for part in untangle(found)]
    conflicts = [part for part in parts if isinstance(part, Conflict)]
    return b"".join(map(marked, parts)), len(conflicts)


def marker_size(*texts: bytes) -> int:
    """Return a size for git's markers that no line of the texts begins with, such as a ruled title."""
    return 1 + max((len(run[0]) for text in texts for run in MARKERS.finditer(text)), default=6)


@dataclass(frozen=True)
class Conflict:
    """Lines that both sides have changed in different ways, with their base."""

    mine: Sequence[bytes]
    base: Sequence[bytes]
    theirs: Sequence[bytes]


Part = Sequence[bytes] | Conflict
"""Merged lines, or a conflict."""


def split(text: bytes, size: int) -> list[Part]:
    """Parse the output of `git merge-file --diff3` with markers of this size."""
    begin, middle, between, end = (sign * size for sign in (b"<", b"|", b"=", b">"))
    parts: list[Part] = []
    sides: list[list[bytes]] = [[]]
    for line in lines_of(text):
        if line.startswith(begin):
            parts.append(sides[0])
            sides = [[]]
        elif line.startswith((middle, between)):
            sides.append([])
        elif line.startswith(end):
            mine, base, theirs = sides
            parts.append(Conflict(mine, base, theirs))
            sides = [[]]
        else:
            sides[-1].append(line)
    parts.append(sides[0])
    return parts


def lines_of(text: bytes) -> list[bytes]:
    """Split after each LF and nowhere else, as git does."""
    lines = [line + b"\n" for line in text.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return [line for line in lines if line]


@dataclass(frozen=True, order=True)
class Edit:
    """Replaces the lines from `start` up to, not including, `end` of the base by `lines`."""

    start: int
    end: int
    lines: tuple[bytes, ...]

    def meets(self, other: Edit) -> bool:
        """Tell whether both edits change the same line, or insert lines at the same place.

        Equal edits do not overlap: they are applied once.
        """
        if self == other:
            return False
        if self.start == self.end and other.start == other.end:
            return self.start == other.start
        return self.start < other.end and other.start < self.end


def edits(base: Sequence[bytes], changed: Sequence[bytes]) -> list[Edit]:
    """Return the edits that turn the base into `changed`, in the order of the base."""
    found = SequenceMatcher(None, base, changed, autojunk=False).get_opcodes()
    return [Edit(a, b, tuple(changed[c:d])) for tag, a, b, c, d in found if tag != "equal"]


def untangle(part: Part) -> list[Part]:
    """Resolve a conflict whose edits do not overlap; otherwise move common lines out of it."""
    if not isinstance(part, Conflict):
        return [part]
    mine, theirs = edits(part.base, part.mine), edits(part.base, part.theirs)
    if not any(one.meets(other) for one in mine for other in theirs):
        lines = applied(part.base, sorted({*mine, *theirs}))
        if all(line.endswith(b"\n") for line in lines[:-1]):
            return [lines]
    return [trimmed for trimmed in trim(part) if trimmed]


def applied(base: Sequence[bytes], changes: Sequence[Edit]) -> list[bytes]:
    """Apply edits that do not overlap, sorted by position, to the base."""
    lines: list[bytes] = []
    at = 0
    for edit in changes:
        lines += [*base[at : edit.start], *edit.lines]
        at = edit.end
    return [*lines, *base[at:]]


def trim(conflict: Conflict) -> tuple[Part, Part, Part]:
    """Move lines that both sides have in common at the start and the end out of a conflict."""
    mine, theirs = conflict.mine, conflict.theirs
    shorter = min(len(mine), len(theirs))
    same = [one == other for one, other in zip(mine, theirs, strict=False)]
    head = same.index(False) if False in same else shorter
    tail = 0
    while tail < shorter - head and mine[-1 - tail] == theirs[-1 - tail]:
        tail += 1
    left = Conflict(mine[head : len(mine) - tail], conflict.base, theirs[head : len(theirs) - tail])
    return mine[:head], left, mine[len(mine) - tail :]


def marked(part: Part) -> bytes:
    """Return a part of the result as text; a conflict gets git's markers."""
    if not isinstance(part, Conflict):
        return b"".join(part)
    before, _, after = (f" {label}\n".encode() for label in LABELS)
    lines = chain(
        [b"<" * 7 + before], ended(part.mine), [b"=" * 7 + b"\n"], ended(part.theirs), [b">" * 7]
    )
    return b"".join(lines) + after


def ended(lines: Sequence[bytes]) -> list[bytes]:
    """Add the missing newline of a file's last line."""
    return [*lines[:-1], lines[-1].rstrip(b"\n") + b"\n"] if lines else []
