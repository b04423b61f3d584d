"""The arguments of calls, and the types of the parameters that take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import ARG_STAR, ARG_STAR2
from mypy.types import AnyType, CallableType, Instance, Overloaded, get_proper_type

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from mypy.types import ProperType, Type

    from architecture.typed.service import Module


def arguments(module: Module, call: ast.Call) -> Iterator[tuple[ast.expr, Type | None]]:
    """Yield each argument with the type of its parameter."""
    if module.name_of(call.func) == "functools.partial":
        return  # mypy checks it against the function
    if module.name_of(call.func) == "typing.cast" and len(call.args) > 1:
        yield call.args[1], module.type_of(call)
        return
    callee = get_proper_type(module.type_of(call.func))
    signatures = callee.items if isinstance(callee, Overloaded) else [callee]
    for position, argument in enumerate(call.args):
        formals = [_formal(signature, position, None) for signature in signatures]
        yield argument, next((f for f in formals if _precise(f)), formals[0] if formals else None)
    for keyword in call.keywords:
        formals = [_formal(signature, None, keyword.arg) for signature in signatures]
        yield (
            keyword.value,
            next((f for f in formals if _precise(f)), formals[0] if formals else None),
        )


def _precise(formal: Type | None) -> bool:
    return formal is not None and not isinstance(get_proper_type(formal), AnyType)


def _formal(callee: ProperType | None, position: int | None, name: str | None) -> Type | None:
    match callee:
        case CallableType():
            kinds = list(zip(callee.arg_types, callee.arg_kinds, callee.arg_names, strict=True))
            for index, (formal, how, formal_name) in enumerate(kinds):
                if position is not None and (
                    how == ARG_STAR or (index == position and not how.is_named())
                ):
                    return formal
                if name is not None and (formal_name == name or how == ARG_STAR2):
                    return formal
            return None
        case Instance(type=info):
            method = info.get_method("__call__")
            called = get_proper_type(method.type) if method else None
            bound = called if isinstance(called, CallableType) else None
            return _formal(bound, None if position is None else position + 1, name)
    return None
