"""Where ports meet their adapters: in `presentation.deps`, and nowhere else.

A class is an adapter if it has all methods of a port, whatever it is called; ports are the protocols
of `application`.
"""

from __future__ import annotations

import ast
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

_DATABASE = ("infrastructure.persistence.database", "infrastructure.persistence.sessions")
"""What deps builds engines and factories with."""

_NETWORK = words(
    "ftplib http.client imaplib poplib smtplib socket socketserver sqlite3 ssl subprocess telnetlib"
    " urllib.request xmlrpc"
)
"""What in the standard library reaches another machine or process."""


def findings(source: Source, options: dict[str, Any]) -> Iterator[Finding]:
    """`frameworks` are the packages that presentation is made of, and may import."""
    ports = Ports(source)
    at_home = {*_LAYERS, *options["frameworks"], *sys.stdlib_module_names}
    for module in source.modules(*_LAYERS):
        if f"{module.name}.".startswith("presentation.deps."):
            continue
        layer = module.name.partition(".")[0]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                yield from _called(source, ports, module, node)
            if layer == "presentation":
                yield from _reached(module, node, at_home)
            if layer in ("application", "infrastructure", "presentation"):
                yield from _named(module, node)


def _named(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Yield what fetches or replaces what was wired, under whatever name it was imported."""
    match node:
        case ast.Attribute(value=ast.Attribute(attr="app") | ast.Name(id="app"), attr="state"):
            yield module.find("state", node)
        case ast.Attribute(attr="dependency_overrides"):
            yield module.find("state", node)
        case ast.Name() | ast.Attribute() if isinstance(node.ctx, ast.Load):
            if module.origin(node) in DEPENDS and "Depends" not in module.values:
                yield module.find("depends", node)


def _called(source: Source, ports: Ports, module: Module, node: ast.Call) -> Iterator[Finding]:
    origin = module.origin(node.func)
    package, _, name = origin.rpartition(".")
    if package.startswith("sqlalchemy") and name in _ENGINES:
        if module.name not in _DATABASE:
            yield module.find("engine", node)
    else:
        defined = source.defining(origin)
        kind = defined[0].classes.get(defined[1]) if defined else None
        if defined and kind and ports.has_adapter(defined[0], kind):
            yield module.find("adapter", node)


def _reached(module: Module, node: ast.AST, at_home: set[str]) -> Iterator[Finding]:
    """Yield the import, and the use, of what reaches another machine."""
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
