"""Every kind of application error has a row in the table that maps errors to the wire.

A kind is what derives from the base of all. What derives from a kind is a refusal of its own code, with
the row of its kind.
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
    from importlinter.domain.imports import ModuleExpression


class WireMapContract(PlacesContract):
    """`error` is the class that they derive from, `table` the dictionary in `table_module`."""

    error: str = option(fields.StringField())
    table: str = option(fields.StringField())
    table_module: ModuleExpression = option(fields.ModuleExpressionField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        rows = set(_keys(source_file(self.table_module.expression), self.table))
        return self.refuse(
            (relative(path), kind.lineno, f"`{kind.name}` has no row in `{self.table}`")
            for path, kind in _kinds(self.error)
            if kind.name not in rows
        )


def _keys(path: Path, table: str) -> Iterator[str]:
    """Yield the names that are the keys of a dictionary.

    Raises:
        ValueError: there is no such dictionary.
    """
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
    """Yield the classes that derive from the error itself: the others have the row of their base."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        # Only a file that writes a class and an error's name is worth parsing.
        if "class " in text and error in text:
            for kind, parents in _classes(ast.parse(text)):
                if error in parents:
                    yield path, kind


def _classes(tree: ast.Module) -> Iterator[tuple[ast.ClassDef, set[str]]]:
    """Yield each class with the names of its parents, as they were called before `import as`."""
    nodes = list(ast.walk(tree))
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    original = {a.asname: a.name for node in imports for a in node.names if a.asname}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            names = map(_name, node.bases)
            yield node, {original.get(name, name) for name in names}


def _name(node: ast.expr) -> str:
    """Return the last part of a name: `AppError` of `errors.AppError`."""
    return ast.unparse(node).rpartition(".")[2]
