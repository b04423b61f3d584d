"""The place of a refusal: the path of a file relative to the service, a line, and what was found."""

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
    """Declare an option of a contract; import-linter sets the field to its value."""
    return field


class PlacesContract(Contract):
    """The common base of our contract types, which reports their refusals."""

    def refuse(self, places: Iterable[Place]) -> ContractCheck:
        places = sorted(set(places))
        return ContractCheck(kept=not places, metadata={"places": places})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for path, line, found in check.metadata["places"]:
            output.print_error(f"- {path}:{line}: {found}", bold=False)


def import_places(graph: ImportGraph, importer: str, imported: str, leads: str = "") -> list[Place]:
    """Return every line where one module imports the other; `leads` describes where that leads."""
    path = relative(source_file(importer))
    details = graph.get_import_details(importer=importer, imported=imported)
    return [(path, detail["line_number"], f"imports `{imported}`{leads}") for detail in details]


def source_file(module: str) -> Path:
    stem = SOURCE.joinpath(*module.split("."))
    return stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
