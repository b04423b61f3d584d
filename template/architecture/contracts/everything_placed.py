"""Every module belongs to a layer, where the import graph can see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importlinter import ContractCheck, fields

from architecture import LAYERS, ROOT, SOURCE
from architecture.contracts.places import PlacesContract, import_places, option, relative

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grimp import ImportGraph

    from architecture.contracts.places import Place


class EverythingPlacedContract(PlacesContract):
    """Refuses modules outside of the layers, and modules that import-linter would silently ignore.

    import-linter ignores folders without `__init__.py`, and names that cannot be imported. `beside` are the
    packages that may exist beside the source, which no rule checks. The source must not import them.
    """

    beside: list[str] = option(fields.ListField(subfield=fields.StringField()))

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        return self.refuse([*_misplaced(), *self._strangers(), *_reached_out(graph)])

    def _strangers(self) -> Iterator[Place]:
        for folder in ROOT.iterdir():
            named = folder.name in {SOURCE.name, *self.beside} or folder.name.startswith(".")
            if folder.is_dir() and not named and (module := next(folder.rglob("*.py"), None)):
                yield relative(module), 1, f"`{folder.name}` is a package that no rule covers"


def _misplaced() -> Iterator[Place]:
    for path in SOURCE.rglob("*.py"):
        if fault := _fault(path):
            yield relative(path), 1, fault


def _reached_out(graph: ImportGraph) -> Iterator[Place]:
    """Yield imports of packages beside the source."""
    for module in graph.modules:
        name = module.partition(".")[0]
        if name not in LAYERS and ((ROOT / name).is_dir() or (ROOT / f"{name}.py").is_file()):
            for importer in graph.find_modules_that_directly_import(module):
                yield from import_places(graph, importer, module)


def _fault(path: Path) -> str | None:
    layer, *names = path.relative_to(SOURCE).with_suffix("").parts
    packages = list(path.relative_to(SOURCE).parents)[:-1]
    if layer not in LAYERS or not names:
        return f"`{relative(path)}` is in none of the layers {', '.join(LAYERS)}"
    for name in names:
        if not name.isidentifier():
            return f"`{name}` is not a name that can be imported"
    for package in packages:
        if not (SOURCE / package / "__init__.py").is_file():
            return f"`{relative(SOURCE / package)}` has no `__init__.py`"
    return None
