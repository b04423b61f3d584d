"""Only the package that stores database rows may import their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importlinter import ContractCheck, fields

from architecture.contracts.places import PlacesContract, import_places, option

if TYPE_CHECKING:
    from grimp import ImportGraph
    from importlinter.domain.imports import ModuleExpression


class PrivateRowsContract(PlacesContract):
    """A module that imports `base` declares rows, whatever its name.

    Only the other modules of its package may import it, but not the package's own `__init__`, which would
    re-export the rows. `registries` import all rows.
    """

    base: ModuleExpression = option(fields.ModuleExpressionField())
    registries: list[ModuleExpression] = option(
        fields.ListField(subfield=fields.ModuleExpressionField())
    )

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        registries = {registry.expression for registry in self.registries}
        with_rows = graph.find_modules_that_directly_import(self.base.expression) - registries
        return self.refuse(
            place
            for module in with_rows
            for importer in graph.find_modules_that_directly_import(module) - registries
            if not importer.startswith(self._package(module) + ".")
            for place in import_places(graph, importer, module)
        )

    def _package(self, module: str) -> str:
        """Return the package of a context, `infrastructure.persistence.ordering`."""
        depth = self.base.expression.count(".") + 1
        return ".".join(module.split(".")[:depth])
