"""Which expressions are allowed in code that only passes values on and decides nothing.

Routes, the functions of presentation that they call, and providers consist of such expressions. A `Reader`
defines the permitted calls, in which the three differ.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Protocol

from architecture.grammars.source import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding, Module

KINDS = words("decides computes filters chooses calls awaits")

_COMPUTING = words(
    "abs all any divmod enumerate eval exec filter getattr isinstance len map max min next pow range"
    " round setattr sorted sum zip"
)
_COMPUTERS = words("math operator statistics random itertools fractions cmath")


def computes(origin: str) -> bool:
    """Whether a function computes, chooses or inspects something."""
    package, _, name = origin.rpartition(".")
    if package in _COMPUTERS or origin == "functools.reduce":
        return True
    return package == "builtins" and name in _COMPUTING


def looks_up(node: ast.Call, module: Module) -> bool:
    """`{"a": 1}.get(code)`, and the same with a named table."""
    match node.func:
        case ast.Attribute(value=ast.Dict(), attr="get"):
            return True
        case ast.Attribute(value=ast.Name(id=name), attr="get"):
            return isinstance(module.values.get(name), ast.Dict)
        case _:
            return False


class Reader(Protocol):
    module: Module

    def call(self, node: ast.Call) -> Iterator[Finding]:
        """Yield what is wrong with a call, without its arguments."""

    def awaited(self, node: ast.Await) -> Iterator[Finding]:
        """Yield what is wrong with an `await`, including its arguments."""

    def condition(self, node: ast.IfExp) -> Iterator[Finding]:
        """Yield what is wrong with `... if ... else ...`."""


def check(node: ast.expr | None, reader: Reader) -> Iterator[Finding]:
    """Yield the parts of an expression that do more than passing values on."""
    find = reader.module.find
    match node:
        case None | ast.Constant() | ast.Name():
            return
        case ast.Attribute(value=value, attr=attr):
            if attr.startswith("__"):
                yield find("chooses", node)
            yield from check(value, reader)
        case ast.Call(func=ast.Attribute(attr=attr)) if attr.startswith("__"):
            yield find("computes", node)
        case ast.Call():
            yield from reader.call(node)
            yield from arguments(node, reader)
        case ast.Await():
            yield from reader.awaited(node)
        case ast.IfExp():
            yield from reader.condition(node)
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            for part in parts:
                yield from check(part, reader)
        case ast.Set(elts=parts):
            for part in parts:
                yield from check(part, reader)
        case ast.FormattedValue(value=value, format_spec=spec):
            yield from check(value, reader)
            yield from check(spec, reader)
        case ast.Starred(value=value):
            yield from check(value, reader)
        case ast.Dict(keys=keys, values=given):
            for item in (*keys, *given):
                yield from check(item, reader)
        case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
            yield from _repeated(node, [element], reader)
        case ast.DictComp(key=key, value=value):
            yield from _repeated(node, [key, value], reader)
        case ast.Subscript(value=value, slice=index):
            if not isinstance(index, ast.Constant) and not _is_type(value):
                yield find("chooses", node)
            elif isinstance(value, ast.Name | ast.Attribute):
                yield from check(value, reader)
            else:
                yield find("chooses", node)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return
        case ast.BinOp() | ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert()):
            yield find("computes", node)
        case _:
            yield find("decides", node)


def arguments(node: ast.Call, reader: Reader) -> Iterator[Finding]:
    for argument in node.args:
        yield from check(argument, reader)
    for keyword in node.keywords:
        yield from check(keyword.value, reader)


def _repeated(
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
    elements: list[ast.expr],
    reader: Reader,
) -> Iterator[Finding]:
    match node.generators:
        case [ast.comprehension(iter=source, ifs=[], is_async=0)]:
            for part in (*elements, source):
                if (
                    any(isinstance(inner, ast.Await) for inner in ast.walk(part))
                    and part in elements
                ):
                    yield reader.module.find("filters", node)
                else:
                    yield from check(part, reader)
        case _:
            yield reader.module.find("filters", node)


def _is_type(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return name[:1].isupper() and not name.isupper()


def is_nothing_else(node: ast.IfExp) -> bool:
    """`made_of(x) if x else None`: passing an absent value on is not a decision."""
    match node:
        case ast.IfExp(test=test, orelse=ast.Constant(value=None)):
            return is_presence(test)
        case ast.IfExp(test=test, body=ast.Constant(value=None)):
            return is_absence(test)
        case _:
            return False


def is_absence(test: ast.expr) -> bool:
    """`x is None`"""
    match test:
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return is_presence(left)
        case _:
            return False


def is_presence(test: ast.expr) -> bool:
    """`x`, `x is not None`"""
    match test:
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return is_presence(left)
        case ast.Attribute(value=value):
            return is_presence(value)
        case _:
            return isinstance(test, ast.Name)
