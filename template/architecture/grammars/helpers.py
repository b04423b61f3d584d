"""What the rest of presentation may decide: about requests, responses, errors and its own settings.

Middleware, error handlers, the API document, command lines and the wiring at startup may inspect values of
HTTP or of the process. A function that decides or computes with numbers, with the models of `schemas`, or
with the inputs and outputs of use cases makes a business decision.
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

KINDS = words("decides refuses use-case body")
OPTIONS = words("")

_ANYTHING = words("Any int float complex Decimal Fraction Number")
_HOLDING = words("list tuple set frozenset Sequence Iterable Collection Optional Union")
_OUR_OWN = ("application.errors.", "schemas.base.")
"""Errors and problems: presentation decides how to send them."""

_OF_THE_PROCESS = words("AppUnavailableError AppTooManyRequestsError")
_OF_THE_BUSINESS = frozenset((401, 403, 404, 409, 410, 422))


def findings(source: Source, _options: dict[str, Any]) -> Iterator[Finding]:
    for module in source.modules("presentation"):
        in_deps = f"{module.name}.".startswith("presentation.deps.")
        if f"{module.name}.".startswith("presentation.routers."):
            continue
        for node in module.nodes:
            if isinstance(node, Function) and not is_route(node):
                yield from _decided(module, node)
            elif isinstance(node, ast.Call) and _refuses(module, node):
                yield module.find("refuses", node)
            elif isinstance(node, ast.Import | ast.ImportFrom) and not in_deps:
                yield from _imported(module, node)
            elif isinstance(node, ast.Await) and not in_deps:
                yield from _read(module, node)


def _decided(module: Module, function: Function) -> Iterator[Finding]:
    """Yield the first decision about a business value among the function's parameters."""
    names = {arg.arg for arg in parameters(function) if _is_inner(module, arg)}
    if names:
        names |= _made_of(names, function)
        for node in _within(function):
            if any(_names(part) & names for part in _decided_by(node)):
                yield module.find("decides", node)
                return


def _within(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those of nested functions, which are checked separately."""
    for inner in ast.iter_child_nodes(node):
        if not isinstance(inner, Function):
            yield inner
            yield from _within(inner)


def _decided_by(node: ast.AST) -> list[ast.expr]:
    """Return the values that a decision or a computation depends on."""
    match node:
        case ast.IfExp() if is_nothing_else(node):
            return []
        case ast.Compare(ops=[ast.Is() | ast.IsNot()]):
            return []  # decisions based on it are found elsewhere
        case (
            ast.If(test=part) | ast.IfExp(test=part) | ast.While(test=part) | ast.Assert(test=part)
        ):
            return [part]
        case ast.Match(subject=part) | ast.AugAssign(target=part):
            return [part]
        case ast.comprehension(ifs=parts):
            return parts
        case ast.Compare() | ast.BoolOp() | ast.BinOp():
            return [node]
        case ast.Call(func=ast.Name(id="min" | "max" | "sum" | "round" | "sorted"), args=parts):
            return parts
        case _:
            return []


def _made_of(names: set[str], function: Function) -> set[str]:
    """Return the names that a function's values are built from, except awaited values."""
    made: set[str] = set()
    for node in ast.walk(function):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.For(target=ast.Name(id=name), iter=value)
                | ast.comprehension(target=ast.Name(id=name), iter=value)
            ) if not isinstance(value, ast.Await) and _names(value) & (names | made):
                made.add(name)
    return made


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _refuses(module: Module, node: ast.Call) -> bool:
    """Whether this creates an error about permissions, or about the existence of something."""
    origin = module.origin(node.func)
    if origin.endswith(".HTTPException"):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return any(isinstance(v, ast.Constant) and v.value in _OF_THE_BUSINESS for v in given)
    name = origin.rpartition(".")[2]
    is_ours = origin.startswith(("application.", "domain.")) and name.endswith("Error")
    return is_ours and name not in _OF_THE_PROCESS


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
    """Yield the alternatives of a union except None, and the elements of a list or a tuple."""
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
