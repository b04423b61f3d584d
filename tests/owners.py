"""The edits of an owner to a service, each with the files that an update has to leave.

The edits are planned from the files of two versions: what the template does to a file between them decides
where it is edited, so that the owner and the template never change the same line. So every edit has to be
there after the update, and no conflict.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from updates.files import EXECUTABLE, LINK, File, Tree
from updates.tables import Tables
from updates.timeline import HEAD_LINE, HEAD_MODULE, VERSIONS, Migration, migrations_in

Change = tuple[int, int, Sequence[bytes]]
"""Start and end index of the lines to replace, and the new lines."""

FATES = ("left", "changed", "moved", "moved and changed", "dropped")
"""What the template does to a file."""


@dataclass(frozen=True)
class Edit:
    """One edit.

    Attributes:
        kind: what the owner does.
        fate: what the template does to the file; empty for a file that it does not have.
        made: the files that the owner writes; None deletes one.
        expected: the files after the update; None if the path must not exist.
    """

    kind: str
    fate: str
    made: Mapping[str, File | None]
    expected: Mapping[str, File | None]

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.fate}" if self.fate else self.kind


def expected_after(edits: Iterable[Edit], fresh: Tree) -> dict[str, File]:
    """Return all files of the service after the update.

    Args:
        fresh: the files of a service that is rendered from the new version.
    """
    tree = dict(fresh)
    for edit in edits:
        for path, file in edit.expected.items():
            tree.pop(path, None)
            if file:
                tree[path] = file
    return tree


def plan_edits(old: Tree, new: Tree, tables: Tables, turn: int = 0) -> list[Edit]:
    """Plan one edit of each kind for each fate, as far as there are files.

    Args:
        turn: services with different numbers get other kinds first, where files are few.
    """
    found = files_by_fate(old, new, tables)
    pools = {fate: rotated(found[fate], 7 * turn) for fate in FATES}
    sides = Both(old, new, tables)
    return [
        *_edits_of_files(sides, pools),
        *_edits_of_lines(sides, pools, turn),
        *_added_files(),
        *_known_files(sides),
        _migration(sides),
    ]


def files_by_fate(old: Tree, new: Tree, tables: Tables) -> dict[str, list[str]]:
    """Group the files that any owner may edit by what the template does to them."""
    groups: dict[str, list[str]] = {fate: [] for fate in FATES}
    for path in sorted(old):
        if not _is_ordinary(path, old[path], tables):
            continue
        target = tables.target(path, old, new)
        if target is None:
            groups["dropped"].append(path)
        else:
            is_changed = old[path] != new[target]
            names = ("moved", "moved and changed") if target != path else ("left", "changed")
            groups[names[is_changed]].append(path)
    return groups


def _is_ordinary(path: str, file: File, tables: Tables) -> bool:
    special = {".gitattributes", ".copier-answers.yml", HEAD_MODULE, *(row[1] for row in KNOWN)}
    return (
        path not in special | tables.given_once | tables.written_anew.keys()
        and not path.startswith(VERSIONS)
        and not file.is_link
        and not file.is_binary
        and file.content.endswith(b"\n")
        and b"\r" not in file.content
        and file.content.count(b"\n") >= 12
    )


def rotated(items: Sequence[str], by: int) -> list[str]:
    """Move the first items to the end."""
    by = by % len(items) if items else 0
    return [*items[by:], *items[:by]]


# What both sides do to the lines of a file


@dataclass(frozen=True)
class Both:
    """The files of two versions."""

    old: Tree
    new: Tree
    tables: Tables

    def target(self, path: str) -> str | None:
        """Return the path of a file in the new version; None if the template drops it."""
        return self.tables.target(path, self.old, self.new)

    def theirs(self, path: str) -> list[Change]:
        """Return the template's changes of a file."""
        target = self.target(path)
        return changes_between(self.old[path], self.new[target]) if target else []

    def merged(self, path: str, mine: Sequence[Change]) -> File:
        """Return a file with the owner's changes and the template's."""
        target = self.target(path)
        mode = (self.new[target] if target else self.old[path]).mode
        return File(applied(lines_of(self.old[path]), [*mine, *self.theirs(path)]), mode)


def lines_of(file: File) -> list[bytes]:
    """Split after each LF and nowhere else, as git does."""
    return [line + b"\n" for line in file.content.split(b"\n")[:-1]]


def changes_between(before: File, after: File) -> list[Change]:
    """Return the changes that turn one text into another."""
    old, new = lines_of(before), lines_of(after)
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(a, b, new[c:d]) for tag, a, b, c, d in found if tag != "equal"]


def applied(lines: Sequence[bytes], changes: Iterable[Change]) -> bytes:
    """Apply changes that do not overlap."""
    result = list(lines)
    for start, end, new in sorted(changes, reverse=True, key=lambda change: change[:2]):
        result[start:end] = new
    return b"".join(result)


def are_apart(mine: Sequence[Change], theirs: Sequence[Change], lines: int) -> bool:
    """Tell whether at least this many unchanged lines are between the changes of both sides."""
    return not any(
        one[0] < other[1] + lines and other[0] < one[1] + lines for one in mine for other in theirs
    )


# Edits of lines

LineEdit = Callable[[list[bytes], int], list[Change]]
"""Returns the owner's changes of lines, at a place in the middle if the edit needs one."""

LINE_EDITS: dict[str, LineEdit] = {
    "a line at the end": lambda x, _: [(len(x), len(x), [b"mine, at the end\n"])],
    "a line at the beginning": lambda x, _: [(0, 0, [b"mine, at the beginning\n"])],
    "a line in the middle": lambda _, at: [(at, at, [b"mine, in the middle\n"])],
    "a changed line": lambda _, at: [(at, at + 1, [b"mine, instead\n"])],
    "a deleted line": lambda _, at: [(at, at + 1, [])],
    "five deleted lines": lambda _, at: [(at, at + 5, [])],
    "five lines made one": lambda _, at: [(at, at + 5, [b"mine, for five\n"])],
    "changes in two places": lambda x, at: [
        (at, at + 1, [b"mine, first\n"]),
        (len(x), len(x), [b"mine, second\n"]),
    ],
    "no newline at the end": lambda x, _: [(len(x), len(x), [b"mine, without an end"])],
    "bytes that are no UTF-8": lambda _, at: [(at, at, [b"caf\xe9 \xff\xfe\n"])],
    "blanks at the end of a line": lambda _, at: [(at, at, [b"mine \t \n"])],
    "five lines indented": lambda x, at: [
        (at, at + 5, [b"    " + each for each in x[at : at + 5]])
    ],
    "characters that end lines elsewhere": lambda _, at: [
        (at, at, ["mine \x0c \u2028 \x85\n".encode()])
    ],
}
BESIDE = "a line beside the template's"
LINE_KINDS = (*LINE_EDITS, BESIDE)


def _edits_of_lines(sides: Both, pools: Mapping[str, list[str]], turn: int) -> Iterator[Edit]:
    for fate, pool in pools.items():
        for kind in rotated(LINE_KINDS, 5 * turn):
            if edit := _edit_of_lines(sides, kind, fate, pool):
                yield edit


def _edit_of_lines(sides: Both, kind: str, fate: str, pool: list[str]) -> Edit | None:
    """Edit the first file of the pool that has a place for the edit, and remove it from the pool."""
    for path in pool:
        file = sides.old[path]
        mine = _changes(kind, lines_of(file), sides.theirs(path))
        if mine:
            pool.remove(path)
            made = File(applied(lines_of(file), mine), file.mode)
            after = sides.target(path) or path
            expected = {path: None, after: sides.merged(path, mine)}
            return Edit(kind, fate, {path: made}, expected)
    return None


def _changes(kind: str, lines: list[bytes], theirs: Sequence[Change]) -> list[Change]:
    """Return the owner's changes of an edit; empty if the template's leave no place for them."""
    if kind == BESIDE:
        before = [start - 1 for start, _, _ in theirs if start > 0] if theirs else [1]
        found: list[list[Change]] = [[(at, at + 1, [b"mine, beside\n"])] for at in before]
        return next((each for each in found if are_apart(each, theirs, 0)), [])
    middle = len(lines) // 2
    for at in sorted(range(1, len(lines) - 5), key=lambda at: abs(at - middle)):
        mine = LINE_EDITS[kind](lines, at)
        if are_apart(mine, theirs, 2):
            return mine
    return []


# Edits of whole files


def _edits_of_files(sides: Both, pools: Mapping[str, list[str]]) -> Iterator[Edit]:
    """Delete and rename files, change their modes, and replace one by a link."""
    for fate, pool in pools.items():
        if len(pool) >= 4:
            path = pool.pop()
            after = dict.fromkeys({path, sides.target(path) or path})
            yield Edit("deleted", fate, {path: None}, after)
            yield _renamed(sides, "renamed", fate, pool.pop(), f"src/mine/re named {fate}.txt")
    for fate in ("left", "changed"):
        if len(pools[fate]) >= 4:
            path = pools[fate].pop()
            made = File(sides.old[path].content, EXECUTABLE)
            expected = File(sides.merged(path, []).content, EXECUTABLE)
            yield Edit("made executable", fate, {path: made}, {path: expected})
            path = _with_an_end_of_its_own(sides, pools[fate])
            at = len(lines_of(sides.old[path]))
            yield _renamed(
                sides, "renamed and edited", fate, path, f"näher {fate}.py", (at, at, [b"mine\n"])
            )
    path = pools["left"].pop()
    link = File(b"__init__.py", LINK)
    yield Edit("a link instead", "left", {path: link}, {path: link})


def _with_an_end_of_its_own(sides: Both, pool: list[str]) -> str:
    """Take a file out of the pool whose last lines the template does not change."""

    def is_free(path: str) -> bool:
        at = len(lines_of(sides.old[path]))
        return are_apart([(at, at, [])], sides.theirs(path), 2)

    path = next(path for path in reversed(pool) if is_free(path))
    pool.remove(path)
    return path


def _renamed(sides: Both, kind: str, fate: str, path: str, to: str, *mine: Change) -> Edit:
    made = File(applied(lines_of(sides.old[path]), mine), sides.old[path].mode)
    gone = dict.fromkeys({path, sides.target(path) or path})
    return Edit(kind, fate, {path: None, to: made}, {**gone, to: sides.merged(path, mine)})


# Files that the owner adds

ADDED = {
    "a file among the template's": "src/presentation/mine.py",
    "a file in a folder that moves": "tests/architecture/offences/mine.py",
    "a file in a folder that goes": "architecture/rules/mine.yml",
    "a file in a folder of its own": "src/domain/orders/order.py",
    "a path with spaces": "my docs/all about it.md",
    "a name in another script": "docs/日本.md",
    "a name that is no UTF-8": os.fsdecode(b"docs/caf\xe9.md"),
    'a name with " and \\': 'docs/"odd" \\ name.md',
    "a name that looks like an option": "-rf",
    "a name that git has a use for": ":(top)note",
    "a file that ends with .rej": "notes.rej",
}
ADDED_FILES = {
    **{kind: (path, File(f"# mine: {kind}\n".encode())) for kind, path in ADDED.items()},
    "bytes that are no text": ("logo.png", File(b"\x89PNG\r\n\x1a\n\0\xff" * 9)),
    "an empty file": ("src/domain/orders/__init__.py", File(b"")),
    "text that is no UTF-8": ("legacy.txt", File(b"na\xefve\n")),
    "an executable": ("run me", File(b"#!/bin/sh\n", EXECUTABLE)),
    "a link to nothing": ("pointer", File(b"nowhere", LINK)),
}


def _added_files() -> Iterator[Edit]:
    for kind, (path, file) in ADDED_FILES.items():
        yield Edit(kind, "", {path: file}, {path: file})


# Files that nearly every owner edits, and that the template changes often

KNOWN = (
    ("a dependency", "pyproject.toml", '    "structlog>=', '    "stamina>=25",\n    "structlog>='),
    ("a recipe", "justfile", "lint:\n", "mine:\n    true\n\nlint:\n"),
    ("an ignored folder", ".gitignore", ".venv/\n", ".venv/\nscratch/\n"),
    ("a rewritten text", "README.md", "## Getting started\n", "## How we run it\n"),
    ("a written contract", "openapi.json", '"openapi": "', '"x-mine": 1,\n  "openapi": "'),
)
"""Kind of edit, path, and what the owner replaces by what."""


def _known_files(sides: Both) -> Iterator[Edit]:
    for kind, path, before, after in KNOWN:
        base = sides.old[path]
        made = File(base.content.replace(before.encode(), after.encode(), 1), base.mode)
        mine = changes_between(base, made)
        if path in {*sides.tables.given_once, *sides.tables.written_anew}:
            yield Edit(kind, "", {path: made}, {path: made})
        elif mine and are_apart(mine, sides.theirs(path), 1):
            yield Edit(kind, "", {path: made}, {path: sides.merged(path, mine)})


def _migration(sides: Both) -> Edit:
    """Add a migration after the last one. Those of the template come after it, with new numbers."""
    before = migrations_in(sides.old)
    known = {each.path for each in before}
    number = int(before[-1].revision) + 1
    own = File(
        f'"""Mine."""\n\nrevision: str = "{number:04}"\n'
        f'down_revision: str | None = "{before[-1].revision}"\n'.encode()
    )
    path = f"{VERSIONS}{number:04}_add_orders.py"
    expected: dict[str, File | None] = {path: own}
    last = f"{number:04}_add_orders"
    for each in migrations_in(sides.new):
        if each.path not in known:
            expected.setdefault(each.path, None)
            number += 1
            expected |= {f"{VERSIONS}{number:04}{_slug(each)}.py": _renumbered(each, number)}
            last = f"{number:04}{_slug(each)}"
    made = {path: own, HEAD_MODULE: _with_head(sides.old[HEAD_MODULE], path)}
    return Edit(
        "a migration",
        "",
        made,
        {**expected, HEAD_MODULE: _with_head(sides.new[HEAD_MODULE], f"{last}.py")},
    )


def _slug(migration: Migration) -> str:
    return migration.stem.removeprefix(migration.revision)


def _renumbered(migration: Migration, number: int) -> File:
    text = migration.file.content.decode()
    text = re.sub(r"^(revision: str = ).*$", rf'\g<1>"{number:04}"', text, flags=re.M)
    text = re.sub(r"^(down_revision: .*? = ).*$", rf'\g<1>"{number - 1:04}"', text, flags=re.M)
    return File(text.encode(), migration.file.mode)


def _with_head(module: File, path: str) -> File:
    name = path.removeprefix(VERSIONS).removesuffix(".py")
    return File(HEAD_LINE.sub(f'HEAD = "{name}"'.encode(), module.content), module.mode)
