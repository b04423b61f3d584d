"""Where something stands: the path of a file, relative to the service, a line of it, and what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importlinter import Contract, ContractCheck, output

from architecture import ROOT, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from grimp import ImportGraph
    from importlinter.domain.fields import Field

Place = tuple[str, int, str]


def option(field: Field[Any]) -> Any:
    """Declare an option of a contract: import-linter puts the option's value in the field's place."""
    return field


class PlacesContract(Contract):
    """What our own contract types have in common: how they report."""

    def refuse(self, places: Iterable[Place]) -> ContractCheck:
        places = sorted(set(places))
        return ContractCheck(kept=not places, metadata={"places": places})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for path, line, found in check.metadata["places"]:
            output.print_error(f"- {path}:{line}: {found}", bold=False)


def import_places(graph: ImportGraph, importer: str, imported: str, leads: str = "") -> list[Place]:
    """Return every line where one module imports the other; `leads` says where that leads."""
    path = relative(source_file(importer))
    details = graph.get_import_details(importer=importer, imported=imported)
    return [(path, detail["line_number"], f"imports `{imported}`{leads}") for detail in details]


def source_file(module: str) -> Path:
    stem = SOURCE.joinpath(*module.split("."))
    return stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
