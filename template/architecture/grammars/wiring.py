"""Ports are connected with their adapters in `presentation.deps`, and nowhere else.

A class is an adapter if it has all methods of a port, whatever its name; ports are the protocols of
`application`.
"""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING, Any

from architecture.grammars.ports import Ports
from architecture.grammars.providers import DEPENDS
from architecture.grammars.source import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding, Module, Source

KINDS = words("depends state engine adapter client")
OPTIONS = words("frameworks")

_LAYERS = ("application", "domain", "infrastructure", "presentation", "schemas")

_ENGINES = words(
    "create_engine create_async_engine engine_from_config async_engine_from_config create_pool"
    " sessionmaker async_sessionmaker scoped_session async_scoped_session AsyncEngine AsyncSession"
    " Session"
)

_WIRING = re.compile(r"\b(Depends|Security|state|dependency_overrides)\b")
"""Every module that wires something contains one of these words, whatever its import names."""

_DATABASE = ("infrastructure.persistence.database", "infrastructure.persistence.sessions")
"""The modules with which deps creates engines and session factories."""

_NETWORK = words(
    "ftplib http.client imaplib poplib smtplib socket socketserver sqlite3 ssl subprocess telnetlib"
    " urllib.request xmlrpc"
)
"""Modules of the standard library that connect to other machines or processes."""


def findings(source: Source, options: dict[str, Any]) -> Iterator[Finding]:
    """`frameworks` are the packages that presentation may import."""
    ports = Ports(source)
    at_home = {*_LAYERS, *options["frameworks"], *sys.stdlib_module_names}
    for module in source.modules("application", "infrastructure", "presentation"):
        if f"{module.name}.".startswith("presentation.deps."):
            continue
        in_presentation = module.name.startswith("presentation")
        wires = _WIRING.search(module.text)
        for node in module.nodes:
            if isinstance(node, ast.Call):
                yield from _called(ports, module, node)
            if in_presentation:
                yield from _reached(module, node, at_home)
            if wires:
                yield from _named(module, node)


def _named(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Yield code that reads or replaces what was wired, whatever its import name."""
    match node:
        case ast.Attribute(
            value=ast.Attribute(attr="app")
            | ast.Name(id="app")
            | ast.Subscript(slice=ast.Constant(value="app")),
            attr="state",
        ):
            yield module.find("state", node)
        case ast.Attribute(attr="dependency_overrides"):
            yield module.find("state", node)
        case ast.Name() | ast.Attribute() if isinstance(node.ctx, ast.Load):
            if module.origin(node) in DEPENDS and "Depends" not in module.values:
                yield module.find("depends", node)


def _called(ports: Ports, module: Module, node: ast.Call) -> Iterator[Finding]:
    origin = module.origin(node.func)
    layer, name = origin.partition(".")[0], origin.rpartition(".")[2]
    if layer == "sqlalchemy" and name in _ENGINES:
        if module.name not in _DATABASE:
            yield module.find("engine", node)
    elif layer in _LAYERS:
        maker = origin if name[:1].isupper() else origin.rpartition(".")[0]  # `Adapter.of(...)`
        if maker.rpartition(".")[2][:1].isupper() and ports.has_adapter(maker):
            yield module.find("adapter", node)


def _reached(module: Module, node: ast.AST, at_home: set[str]) -> Iterator[Finding]:
    """Yield imports and uses of code that reaches another machine."""
    match node:
        case ast.Import(names=aliases):
            names = [alias.name for alias in aliases]
        case ast.ImportFrom(module=str(package), names=aliases, level=0):
            names = [f"{package}.{alias.name}" for alias in aliases]
        case ast.Call(func=func):
            origin = module.origin(func)
            names = [origin] if origin and not origin.startswith("builtins.") else []
        case _:
            return
    if any(_reaches_out(name, at_home) for name in names) and node not in module.for_typing:
        yield module.find("client", node)


def _reaches_out(name: str, at_home: set[str]) -> bool:
    parts = name.split(".")
    return parts[0] not in at_home or bool({parts[0], ".".join(parts[:2])} & _NETWORK)
