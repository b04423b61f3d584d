"""Every kind of application error has an entry in the table that maps errors to statuses.

A direct subclass of the base class is a kind. Its own subclasses are refusals with their own code, and use
the entry of their kind.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from importlinter import ContractCheck, fields

from architecture import SOURCE
from architecture.contracts.places import PlacesContract, option, relative, source_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grimp import ImportGraph


class WireMapContract(PlacesContract):
    """`error` is the base class; `tables` are the dictionaries, with their modules."""

    error: str = option(fields.StringField())
    tables: list[str] = option(fields.ListField(subfield=fields.StringField()))

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        rows = {key for table in self.tables for key in _keys(table)}
        names = " or ".join(f"`{table.rpartition('.')[2]}`" for table in self.tables)
        return self.refuse(
            (relative(path), kind.lineno, f"`{kind.name}` has no entry in {names}")
            for path, kind in _kinds(self.error)
            if kind.name not in rows
        )


def _keys(dictionary: str) -> Iterator[str]:
    """Yield the names that are the keys of a dictionary.

    Raises:
        ValueError: the dictionary does not exist.
    """
    module, _, table = dictionary.rpartition(".")
    path = source_file(module)
    if not path.is_file():
        raise ValueError(f"there is no {relative(path)}")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict(keys=keys))
                | ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(keys=keys))
            ) if name == table:
                yield from (_name(key) for key in keys if key)
                return
    raise ValueError(f"{relative(path)} has no dictionary {table}")


def _kinds(error: str) -> Iterator[tuple[Path, ast.ClassDef]]:
    """Yield the direct subclasses of the error; all others use the entry of their base class."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        # For speed, only parse files that contain a class and the name of an error.
        if "class " in text and error in text:
            for kind, parents in _classes(ast.parse(text)):
                if error in parents:
                    yield path, kind


def _classes(tree: ast.Module) -> Iterator[tuple[ast.ClassDef, set[str]]]:
    """Yield each class with the names of its base classes, with `import as` resolved."""
    nodes = list(ast.walk(tree))
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    original = {a.asname: a.name for node in imports for a in node.names if a.asname}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            names = map(_name, node.bases)
            yield node, {original.get(name, name) for name in names}


def _name(node: ast.expr) -> str:
    """Return the last part of a name: `AppError` for `errors.AppError`."""
    return ast.unparse(node).rpartition(".")[2]
