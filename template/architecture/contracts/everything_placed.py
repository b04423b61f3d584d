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
            (relative(path), 1) for path in SOURCE.rglob("*.py") if not _is_placed(path)
        )


def _is_placed(path: Path) -> bool:
    layer, *names = path.relative_to(SOURCE).with_suffix("").parts
    packages = list(path.relative_to(SOURCE).parents)[:-1]
    return (
        layer in LAYERS
        and bool(names)
        and all(name.isidentifier() for name in names)
        and all((SOURCE / package / "__init__.py").is_file() for package in packages)
    )
