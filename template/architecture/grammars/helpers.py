"""What the rest of presentation may decide about: requests, responses, errors and its own settings.

Middleware, error handlers, the API document, command lines and what wires the service at its start do
look into things. What they look into belongs to HTTP or to the process. A function that decides or
computes and that takes numbers, the shapes of `schemas` or the inputs and outputs of use cases
decides about the business.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from architecture.grammars.routes import is_route
from architecture.grammars.source import Function, Module, parameters, parsed, words
from architecture.grammars.values import is_nothing_else

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding, Source

KINDS = words("decides use-case body")
OPTIONS = words("")

_ANYTHING = words("Any int float complex Decimal Fraction Number")
_HOLDING = words("list tuple set frozenset Sequence Iterable Collection Optional Union")
_OUR_OWN = ("application.errors.", "schemas.base.")
"""Errors and problems: what they look like on the wire is for presentation to decide."""

_DECISIONS = (
    *(ast.If, ast.IfExp, ast.Match, ast.For, ast.AsyncFor, ast.While, ast.Compare, ast.BoolOp),
    *(ast.BinOp, ast.AugAssign, ast.Raise, ast.Assert, ast.comprehension),
)


def findings(source: Source, _options: dict[str, Any]) -> Iterator[Finding]:
    for module in source.modules("presentation"):
        in_deps = f"{module.name}.".startswith("presentation.deps.")
        if f"{module.name}.".startswith("presentation.routers."):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, Function) and not is_route(node):
                yield from _decided(module, node)
            elif isinstance(node, ast.Import | ast.ImportFrom) and not in_deps:
                yield from _imported(module, node)
            elif isinstance(node, ast.Await) and not in_deps:
                yield from _read(module, node)


def _decided(module: Module, function: Function) -> Iterator[Finding]:
    """Yield the first decision of a function that takes something of the business."""
    inner = [arg.arg for arg in parameters(function) if _is_inner(module, arg)]
    if not inner:
        return
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.IfExp) and is_nothing_else(node):
                continue
            if isinstance(node, _DECISIONS) and _mentions(node, inner, function):
                yield module.find("decides", getattr(node, "iter", node))
                return


def _mentions(node: ast.AST, names: list[str], function: Function) -> bool:
    """Whether a decision is about one of the parameters, or about what was made of one."""
    known = set(names)
    for statement in ast.walk(function):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _names(value) & known:
                known.add(name)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if (
                _names(value) & known
            ):
                known.add(name)
    match node:
        case ast.If(test=part) | ast.IfExp(test=part) | ast.While(test=part):
            return bool(_names(part) & known)
        case ast.Match(subject=part) | ast.For(iter=part) | ast.AsyncFor(iter=part):
            return bool(_names(part) & known)
        case ast.comprehension(ifs=parts):
            return any(_names(part) & known for part in parts)
        case ast.Raise():
            return False
        case _:
            return bool(_names(node) & known)


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _is_inner(module: Module, argument: ast.arg) -> bool:
    if argument.annotation is None:
        return argument.arg not in ("self", "cls")
    annotation = parsed(argument.annotation)
    members = [module.origin(member).rpartition(".")[2] for member in _members(annotation)]
    if members and all(member in _ANYTHING for member in members):
        return True
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name | ast.Attribute):
            inner = module.origin(node)
            if inner.startswith(("application.", "schemas.", "domain.")):
                return not inner.startswith(_OUR_OWN)
    return False


def _members(annotation: ast.expr) -> Iterator[ast.expr]:
    """Yield what a union may be, but for None; of a list or a tuple, what it holds."""
    match annotation:
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            yield from _members(left)
            yield from _members(right)
        case ast.Constant(value=None):
            return
        case ast.Subscript(value=ast.Name(id=name), slice=inner) if name in _HOLDING:
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            for part in parts:
                if not isinstance(part, ast.Constant):
                    yield from _members(part)
        case _:
            yield annotation


def _imported(module: Module, node: ast.Import | ast.ImportFrom) -> Iterator[Finding]:
    names = (
        [f"{node.module}.{a.name}" for a in node.names] if isinstance(node, ast.ImportFrom) else []
    )
    names = names or [alias.name for alias in node.names]
    for name in names:
        parts = name.split(".")
        if parts[0] == "application" and {"use_cases", "ports"} & set(parts):
            yield module.find("use-case", node)
            return


def _read(module: Module, node: ast.Await) -> Iterator[Finding]:
    match node.value:
        case ast.Call(func=ast.Attribute(attr="body" | "json" | "form")):
            yield module.find("body", node)
