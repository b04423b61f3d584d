"""Every module stands in a layer, where the import graph can see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importlinter import ContractCheck

from architecture import LAYERS, SOURCE
from architecture.contracts.places import PlacesContract, relative

if TYPE_CHECKING:
    from pathlib import Path

    from grimp import ImportGraph


class EverythingPlacedContract(PlacesContract):
    """Refuses what is in no layer, and what import-linter would pass over without a word.

    It does not look into folders without `__init__.py`, nor at names that cannot be imported.
    """

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        return self.refuse(
            (relative(path), 1, fault) for path in SOURCE.rglob("*.py") if (fault := _fault(path))
        )


def _fault(path: Path) -> str | None:
    layer, *names = path.relative_to(SOURCE).with_suffix("").parts
    packages = list(path.relative_to(SOURCE).parents)[:-1]
    if layer not in LAYERS or not names:
        return f"`{relative(path)}` is in none of the layers {', '.join(LAYERS)}"
    for name in names:
        if not name.isidentifier():
            return f"`{name}` is no name that can be imported"
    for package in packages:
        if not (SOURCE / package / "__init__.py").is_file():
            return f"`{relative(SOURCE / package)}` has no `__init__.py`"
    return None
