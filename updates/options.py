"""Options that are turned off in a service that lives: what would go, and what stands on it.

An option takes files away. That is done where nobody would miss them, and refused where the owner has
changed one of them, has put files of their own among them, or has code that needs them.
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
    """Return the questions of the service that are answered in another way now."""
    return [name for name, value in before.items() if name in after and after[name] != value]


def lost_to_answers(old: Tree, unchanged: Tree, new: Tree) -> set[str]:
    """Return what goes because of the answers: the new version has it, with the answers of before."""
    return {path for path in old if path in unchanged and path not in new}


def in_use(
    lost: set[str], old: Tree, new: Tree, plan: Iterable[Outcome], owned: Tree
) -> dict[str, str]:
    """Return the owner's files that stand on what would go, each with the reason.

    Args:
        owned: what the owner has added or changed, as it is now, but for migrations.
    """
    found = {
        outcome.path: "you have edited it"
        for outcome in plan
        if outcome.fate is Fate.KEPT and (outcome.path in lost or (outcome.former or "") in lost)
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
    """Return a lost path that the owner's lines of a file name or import, if there is one."""
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
    """Return how Python code names a file: from the packages' folder, or from the top."""
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
