"""Which types are ports: interfaces to the outside, which only use cases may call."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from architecture.grammars.source import Function, parameters, plain_type

if TYPE_CHECKING:
    from architecture.grammars.source import Module, Source

_BOUND = ("Callable", "partial")


def is_port(
    source: Source, module: Module, annotation: ast.expr, attribute: str = "", depth: int = 0
) -> bool:
    """Whether a type, or an attribute of it, is a port or a client instead of a use case.

    A bound use case is a field of a class in `presentation.deps`, or a `Callable`.
    """
    node = plain_type(annotation)
    origin = module.origin(node) if node else ""
    if origin.rpartition(".")[2] in _BOUND:
        return False
    defined = source.defining(origin)
    if defined is None:  # a class of the service that does not exist yet cannot be judged
        layer, *parts = origin.split(".")
        return layer not in ("application", "presentation") or "ports" in parts
    home, name = defined
    if name in home.values and depth < 8:
        return is_port(source, home, home.values[name], attribute, depth + 1)
    if home.name.startswith("presentation.deps"):
        field = _field(home.classes.get(name), attribute)
        return field is not None and is_port(source, home, field, "", depth + 1)
    return True


def _field(kind: ast.ClassDef | None, attribute: str) -> ast.expr | None:
    for node in kind.body if kind else ():
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                if name == attribute:
                    return annotation
    return None


@dataclass(eq=False)
class Ports:
    """The ports of `application`. An adapter has all methods of a port, or is named as a repository."""

    source: Source

    _known: dict[str, bool] = field(default_factory=dict)

    def has_adapter(self, origin: str) -> bool:
        """Whether this is a class that implements a port."""
        if origin not in self._known:
            defined = self.source.defining(origin)
            kind = defined[0].classes.get(defined[1]) if defined else None
            self._known[origin] = bool(defined and kind and self._is_adapter(defined[0], kind))
        return self._known[origin]

    def _is_adapter(self, module: Module, kind: ast.ClassDef) -> bool:
        if module.name.startswith("domain") or is_protocol(kind):
            return False
        if kind.name.endswith(("Repository", "Repo")):
            return True
        methods = self._all_methods(module, kind)
        return any(
            all(method in methods and wanted[method] <= methods[method] for method in wanted)
            for wanted in self._protocols.values()
        )

    def _all_methods(self, module: Module, kind: ast.ClassDef) -> dict[str, set[str]]:
        """Return the methods of a class, including inherited ones."""
        methods: dict[str, set[str]] = {}
        for base in kind.bases:
            defined = self.source.defining(module.origin(base))
            if (
                defined
                and defined[1] in defined[0].classes
                and defined[0].classes[defined[1]] != kind
            ):
                home, name = defined
                if not is_protocol(home.classes[name]):
                    methods |= self._all_methods(home, home.classes[name])
        return methods | _methods(kind)

    @cached_property
    def _protocols(self) -> dict[str, dict[str, set[str]]]:
        return {
            kind.name: _methods(kind)
            for module in self.source.modules("application")
            if _holds_ports(module.name) and "Protocol" in module.text
            for kind in module.classes.values()
            if is_protocol(kind) and _methods(kind)
        }


def _holds_ports(module: str) -> bool:
    """`application.orders.ports`, or shared modules such as `application.clock`.

    A protocol elsewhere may be a policy or a strategy, which a use case chooses itself.
    """
    parts = module.split(".")
    return "ports" in parts or len(parts) == 2


def is_protocol(kind: ast.ClassDef) -> bool:
    return any("Protocol" in ast.unparse(base) for base in kind.bases)


def _methods(kind: ast.ClassDef) -> dict[str, set[str]]:
    return {
        node.name: {argument.arg for argument in parameters(node)}
        for node in kind.body
        if isinstance(node, Function) and (node.name == "__call__" or not node.name.startswith("_"))
    }
