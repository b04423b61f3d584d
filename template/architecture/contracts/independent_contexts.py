"""Bounded contexts do not import each other, neither directly nor through a third module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importlinter import ContractCheck, fields

from architecture import LAYERS
from architecture.contracts.places import PlacesContract, import_places, option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grimp import ImportGraph
    from importlinter.domain.imports import ModuleExpression

    from architecture.contracts.places import Place


class IndependentContextsContract(PlacesContract):
    """Contexts are found by their place: every package in one of `named_by` is a context.

    A package with the name of a context in one of `homes` belongs to that context. At `crossroads`, contexts
    may meet. All other modules are shared: an import of a shared module counts as an import of everything
    that the shared module leads to. A shared module may lead to several contexts only if it is one of the
    `gatherers`, which list something of all contexts, or below one.
    """

    named_by: list[ModuleExpression] = option(
        fields.ListField(subfield=fields.ModuleExpressionField())
    )
    homes: list[ModuleExpression] = option(
        fields.ListField(subfield=fields.ModuleExpressionField())
    )
    crossroads: list[ModuleExpression] = option(
        fields.ListField(subfield=fields.ModuleExpressionField())
    )

    gatherers: list[ModuleExpression] = option(
        fields.ListField(subfield=fields.ModuleExpressionField())
    )

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        contexts = {
            child.rpartition(".")[2]
            for layer in self.named_by
            for child in graph.find_children(layer.expression)
            if graph.find_children(child)
        }
        if not contexts:
            raise ValueError("finds no bounded context")
        return self.refuse(_Contexts(self, contexts, graph).meetings())


class _Contexts:
    def __init__(
        self, contract: IndependentContextsContract, names: set[str], graph: ImportGraph
    ) -> None:
        # The longest first: the children of `presentation.routers` are not in `presentation`.
        homes = sorted((home.expression for home in contract.homes), key=len, reverse=True)
        self._homes = tuple(f"{home}." for home in homes)
        self._crossroads = tuple(f"{module.expression}." for module in contract.crossroads)
        self._gatherers = tuple(f"{module.expression}." for module in contract.gatherers)
        self._names = names
        self._graph = graph
        self._known: dict[str, dict[str, str]] = {}

    def meetings(self) -> Iterator[Place]:
        """Yield the imports that lead from one context to another."""
        for module in self._graph.modules:
            own = self._context(module)
            if own is None:
                yield from self._gathered(module)
                continue
            for imported in self._graph.find_modules_directly_imported_by(module):
                for other, path in self._leads_to(imported).items():
                    if other != own:
                        leads = f", which leads to {path}" if path != imported else ""
                        leads += f": {own} gets to know {other}"
                        yield from import_places(self._graph, module, imported, leads)

    def _gathered(self, module: str) -> Iterator[Place]:
        """Yield the imports by which a shared module leads to more than one context."""
        free = f"{module}.".startswith((*self._crossroads, *self._gatherers))
        if free or module.partition(".")[0] not in LAYERS:
            return
        imports = sorted(self._graph.find_modules_directly_imported_by(module))
        known = {imported: set(self._leads_to(imported)) for imported in imports}
        if len(set().union(*known.values())) > 1:
            for imported in imports:
                for context in sorted(known[imported]):
                    leads = f": here {context} meets another context"
                    yield from import_places(self._graph, module, imported, leads)

    def _context(self, module: str) -> str | None:
        for home in self._homes:
            if module.startswith(home):
                name = module.removeprefix(home).partition(".")[0]
                return name if name in self._names else None
        return None

    def _leads_to(self, module: str) -> dict[str, str]:
        """Return the contexts that an import of this module leads to, with the path to each."""
        if module not in self._known:
            self._known[module] = {}  # so that import cycles end
            self._known[module] = self._find(module)
        return self._known[module]

    def _find(self, module: str) -> dict[str, str]:
        own = self._context(module)
        if own is not None:
            return {own: module}
        if module.partition(".")[0] not in LAYERS or f"{module}.".startswith(self._crossroads):
            return {}
        paths: dict[str, str] = {}
        for imported in sorted(self._graph.find_modules_directly_imported_by(module)):
            for context, path in self._leads_to(imported).items():
                paths.setdefault(context, f"{module} -> {path}")
        return paths
