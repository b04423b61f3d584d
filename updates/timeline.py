"""Database migrations: those of a service never change, and its history keeps a single head.

A new migration of the template is appended after the last one of the service, whoever has written that.
Migrations that the service already has stay as they are, even if the new version or another answer would
render them differently or under other numbers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from updates.files import File, Tree

VERSIONS: Final = "migrations/versions/"
HEAD_MODULE: Final = "src/infrastructure/persistence/head.py"
HEAD_LINE: Final = re.compile(rb'^HEAD = "(.*)"$', re.MULTILINE)


@dataclass(frozen=True)
class Migration:
    """One migration; `after` holds the revisions that it directly depends on."""

    path: str
    file: File
    revision: str
    after: frozenset[str]

    @property
    def stem(self) -> str:
        return PurePosixPath(self.path).stem

    @property
    def name(self) -> str:
        """The name without the number, which depends on the migrations before it."""
        return self.stem.removeprefix(f"{self.revision}_")


def migrations_in(tree: Tree) -> list[Migration]:
    """Return the migrations of a tree, each after those that it depends on."""
    found = [read for path, file in sorted(tree.items()) if (read := read_migration(path, file))]
    ordered: list[Migration] = []
    while found:
        waiting = {each.revision for each in found}
        ready = [each for each in found if not each.after & (waiting - {each.revision})] or found
        ordered += ready
        found = [each for each in found if each not in ready]
    return ordered


def read_migration(path: str, file: File) -> Migration | None:
    """Read a migration; None if the file is not one, or cannot be parsed."""
    if not path.startswith(VERSIONS) or not path.endswith(".py"):
        return None
    try:
        module = ast.parse(file.content)
        values = {name: ast.literal_eval(value) for name, value in _assigned(module)}
    except (SyntaxError, ValueError):
        return None
    revision, after = values.get("revision"), values.get("down_revision")
    if not isinstance(revision, str):
        return None
    before = after if isinstance(after, tuple | list) else [after] if after else []
    return Migration(path, file, revision, frozenset(map(str, before)))


def _assigned(module: ast.Module) -> list[tuple[str, ast.expr]]:
    plain = [
        (target.id, node.value)
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    typed = [
        (node.target.id, node.value)
        for node in module.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    ]
    return [each for each in [*plain, *typed] if each[0] in ("revision", "down_revision")]


def heads(migrations: list[Migration]) -> set[str]:
    """Return the revisions that no other migration depends on."""
    passed = {before for each in migrations for before in each.after}
    return {each.revision for each in migrations} - passed


def append_only(old: Tree, new: Tree, mine: Tree) -> tuple[dict[str, File], dict[str, File]]:
    """Return both renders, changed so that the merge only appends to the owner's migrations.

    Args:
        mine: the owner's migrations, and the module that names the last one.
    """
    before = {path: file for path, file in old.items() if not path.startswith(VERSIONS)}
    after = {path: file for path, file in new.items() if not path.startswith(VERSIONS)}
    for path, file in old.items():
        if path.startswith(VERSIONS) and path in new:
            before[path] = after[path] = file
    owned = migrations_in(mine)
    added: list[Migration] = []
    for step in new_steps(migrations_in(old), migrations_in(new)):
        placed = behind(step, [*owned, *added])
        added.append(placed)
        after[placed.path] = placed.file
    _name_the_last(before, after, mine, added)
    return before, after


def new_steps(old: Sequence[Migration], new: Sequence[Migration]) -> list[Migration]:
    """Return the migrations of the new render that the old one does not have, by their names.

    There are none if the new render begins with another one, because an answer has changed: the service
    has tables already, and `just revision` writes what they lack.
    """
    known = {each.name for each in old}
    if old and new and new[0].name not in known:
        return []
    return [each for each in new if each.name not in known]


def behind(step: Migration, timeline: list[Migration]) -> Migration:
    """Append a migration to a timeline with a single head; with several heads, return it unchanged.

    If its revision is taken, it gets the next free number.
    """
    ends = heads(timeline)
    if len(ends) != 1:
        return step
    [end] = ends
    taken = {each.revision for each in timeline}
    revision, path = step.revision, step.path
    paths = {each.path for each in timeline}
    number = max((int(each) for each in taken if each.isdecimal()), default=0)
    while revision in taken or path in paths:
        number += 1
        revision = f"{number:04}"
        path = f"{VERSIONS}{revision}_{step.name}.py"
    content = step.file.content
    for name, value in (("revision", revision), ("down_revision", end)):
        line = re.compile(rf"^({name}\b[^=\n]*=[ \t]*).*$".encode(), re.MULTILINE)
        content = line.sub(rf'\g<1>"{value}"'.encode(), content, count=1)
    return Migration(path, replace(step.file, content=content), revision, frozenset({end}))


def _name_the_last(
    before: dict[str, File], after: dict[str, File], mine: Tree, added: list[Migration]
) -> None:
    """Set `HEAD` to the owner's value in the old render, and to the new last one in the new render."""
    owned = HEAD_LINE.search(mine[HEAD_MODULE].content) if HEAD_MODULE in mine else None
    if not owned:
        return
    last = added[-1].stem.encode() if added else owned[1]
    for tree, name in ((before, owned[1]), (after, last)):
        if HEAD_MODULE in tree:
            file = tree[HEAD_MODULE]
            text = HEAD_LINE.sub(b'HEAD = "' + name + b'"', file.content)
            tree[HEAD_MODULE] = replace(file, content=text)


def own_migrations(committed: Mapping[str, object]) -> list[str]:
    """Return the paths of the files that `append_only` takes as `mine`."""
    return [path for path in committed if path.startswith(VERSIONS) or path == HEAD_MODULE]
