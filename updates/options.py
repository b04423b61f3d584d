"""The check of an update that turns an option off, which deletes files.

The update is refused if the owner has edited one of these files, has added files to a folder that would
be deleted, or has code that uses one of these files.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from updates.files import File, Tree
from updates.plan import Fate, Outcome

SOURCES = ("src/", "")
TEXTS = (".md", ".rst", ".txt")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*")


def changed_answers(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the questions whose answers differ from the stored ones. New questions do not count."""
    return [name for name, value in before.items() if name in after and after[name] != value]


def lost_to_answers(old: Tree, unchanged: Tree, new: Tree) -> set[str]:
    """Return the files that the changed answers delete.

    Args:
        unchanged: the render of the new version with the old answers. A file that it lacks, too, was
            deleted by the new version, not by the answers.
    """
    return {path for path in old if path in unchanged and path not in new}


def in_use(
    lost: set[str], old: Tree, new: Tree, plan: Iterable[Outcome], owned: Tree
) -> dict[str, str]:
    """Return the owner's files that prevent the deletion of the `lost` files, each with the reason.

    Args:
        owned: the committed files that the owner has added or changed, except migrations.
    """
    found = {
        outcome.path: "you have edited it"
        for outcome in plan
        if outcome.fate is Fate.KEPT and outcome.origin in lost
    }
    folders = _folders(old) - _folders(new)
    for path, file in owned.items():
        if path in found:
            continue
        if path not in old and folders & set(map(str, PurePosixPath(path).parents)):
            found[path] = "your own file, in a folder that would be deleted"
        elif needed := first_need(path, file, old.get(path), lost):
            found[path] = f"it uses {needed}"
    return dict(sorted(found.items()))


def _folders(tree: Tree) -> set[str]:
    return {str(parent) for path in tree for parent in PurePosixPath(path).parents} - {"."}


def first_need(path: str, file: File, base: File | None, lost: set[str]) -> str | None:
    """Return a lost file that the owner's version of a file uses and `base` does not, if any.

    A file is used by its path or, in Python, by an import. Documentation and binary files use nothing.
    """
    if file.is_binary or path.endswith(TEXTS):
        return None
    modules = {name: place for place in sorted(lost) for name in module_names(place)}
    wanted = set(_names(path, file)) - set(_names(path, base) if base else ())
    for name in sorted(wanted):
        if name in modules:
            return modules[name]
        if name in lost:
            return name
    return None


def module_names(path: str) -> Iterator[str]:
    """Return the module names of a Python file: relative to `src/`, and to the service's folder."""
    if not path.endswith(".py"):
        return
    for source in SOURCES:
        if path.startswith(source):
            parts = path.removeprefix(source).removesuffix(".py").removesuffix("/__init__")
            yield parts.replace("/", ".")


def _names(path: str, file: File) -> Iterator[str]:
    text = file.content.decode(errors="surrogateescape")
    for found in PATH.findall(text):
        yield found
        yield found.removeprefix("./")
    if path.endswith(".py"):
        yield from _imported(text, path)


def _imported(text: str, path: str) -> Iterator[str]:
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        return
    package = next(iter(module_names(path)), "").split(".")[:-1]
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
