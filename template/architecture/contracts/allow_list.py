"""A layer may only import the listed packages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from importlinter import ContractCheck, fields

from architecture.contracts.places import PlacesContract, import_places, option

if TYPE_CHECKING:
    from grimp import ImportGraph
    from importlinter.domain.imports import ModuleExpression


class AllowListContract(PlacesContract):
    """Everything is refused except the standard library and the packages in `allowed`.

    import-linter's own `forbidden` needs the name of every forbidden package. This type also refuses packages
    that nobody thought of.
    """

    layer: ModuleExpression = option(fields.ModuleExpressionField())
    allowed: list[str] = option(fields.ListField(subfield=fields.StringField()))

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        layer = self.layer.expression
        permitted = {*self.allowed, *sys.stdlib_module_names}
        return self.refuse(
            place
            for importer in {layer} | graph.find_descendants(layer)
            for imported in graph.find_modules_directly_imported_by(importer)
            if imported.partition(".")[0] not in permitted
            for place in import_places(graph, importer, imported)
        )
