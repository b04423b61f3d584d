"""Every kind of application error has a row in the table that maps errors to the wire."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from importlinter import ContractCheck, fields

from architecture import SOURCE
from architecture.contracts.places import PlacesContract, relative, source_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grimp import ImportGraph
    from importlinter.domain.imports import ModuleExpression


class WireMapContract(PlacesContract):
    """`error` is the class that they derive from, `table` the dictionary in `table_module`."""

    error: str = fields.StringField()  # type: ignore[assignment]
    table: str = fields.StringField()  # type: ignore[assignment]
    table_module: ModuleExpression = fields.ModuleExpressionField()  # type: ignore[assignment]

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        rows = set(_keys(source_file(self.table_module.expression), self.table))
        return self.refuse(
            (relative(path), kind.lineno, f"`{kind.name}` has no row in `{self.table}`")
            for path, kind in _derived(self.error)
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


def _derived(error: str) -> Iterator[tuple[Path, ast.ClassDef]]:
    """Yield the classes that derive from the error, however far away."""
    # Only a file that writes a class and an error's name is worth parsing.
    texts = {path: path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
    bases = {
        path: list(_classes(ast.parse(text)))
        for path, text in texts.items()
        if "class " in text and "Error" in text
    }
    family = {error}
    found = True
    while found:
        found = False
        for path, classes in bases.items():
            for kind, parents in classes:
                if kind.name not in family and family & parents:
                    family.add(kind.name)
                    found = True
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
