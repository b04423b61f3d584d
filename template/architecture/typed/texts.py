"""Strings in the code: literals, combinations of literals, and constants of the module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from architecture.typed.service import Module


def constant(module: Module, node: ast.expr | None, depth: int = 0) -> str | None:
    """Return the only possible value of a string expression, or None if there are several."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=bytes(raw)):
            return raw.decode("utf-8", "replace")
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            texts = constant(module, left, depth), constant(module, right, depth)
            return None if None in texts else "".join(map(str, texts))
        case ast.JoinedStr(values=values):
            pieces = [constant(module, value, depth) for value in values]
            return None if None in pieces else "".join(map(str, pieces))
        case ast.FormattedValue(value=value):
            return constant(module, value, depth)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _HARMLESS:
            return constant(module, value, depth)
        case ast.Name() if depth < _DEEPEST:
            return constant(module, _assigned(module, node), depth + 1)
    return None


def is_docstring(module: Module, node: ast.Constant) -> bool:
    return isinstance(module.parents.get(node), ast.Expr)


_DEEPEST = 4
_HARMLESS = {"strip", "lower", "upper", "encode", "decode", "format"}


def _assigned(module: Module, name: ast.Name) -> ast.expr | None:
    """Return the value of a name: from the enclosing function, or else from the top level of the module."""
    for scope in dict.fromkeys((module.function_around(name), None)):
        if given := module.given.get((scope, name.id)):
            return given[0] if len(given) == 1 else None
    return None
