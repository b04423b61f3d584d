"""Errors that are returned instead of raised, whatever the type that contains them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mypy.nodes import Var
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    UnionType,
    get_proper_type,
)

from architecture.typed.kinds import alternatives, awaited, bases, class_of, is_object, parts, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.nodes import TypeInfo
    from mypy.types import ProperType, Type

    from architecture.typed.service import Found, Module, Service

_ERROR_FIELDS = {"error", "err", "failure", "problem", "exception", "exc", "fault"}


def returned(module: Module, service: Service) -> Iterator[Found]:
    """Yield return values that are errors, alone or beside another value."""
    for function in module.find(ast.FunctionDef, ast.AsyncFunctionDef):
        signature = module.function(function)
        kind = get_proper_type(signature.type) if signature else None
        if not isinstance(kind, CallableType):
            continue
        answer = awaited(kind.ret_type)
        if what := _error_beside_value(answer):
            yield module.found(function, f"`{function.name}` returns {what}")
            continue
        if isinstance(answer, AnyType) or is_object(answer):
            for node in ast.walk(function):
                given = node.value if isinstance(node, ast.Return) else None
                if given and any(map(_is_error, alternatives(module.type_of(given)))):
                    yield module.found(given, "an error is returned")


def _error_beside_value(answer: ProperType) -> str:
    for part in parts(answer):
        if isinstance(part, UnionType) and any(map(_is_error, alternatives(part))):
            others = [k for k in alternatives(part) if not isinstance(k, NoneType)]
            if not all(map(_is_error, others)):
                return f"`{shown(answer)}`: an error beside the value"
    match answer:
        case UnionType():
            kinds = [kind for kind in alternatives(answer) if not isinstance(kind, NoneType)]
            if any(map(_is_bool, kinds)) and any(map(_is_text, kinds)):
                return f"`{shown(answer)}`: a string instead of `False`, which describes an error"
            if any(map(_is_ours, kinds)) and any(map(_is_text, answer.items)):
                return f"`{shown(answer)}`: a string beside the value, which describes an error"
            for kind in kinds:
                if (info := class_of(kind)) and (field := _field_of_error(info)):
                    return f"`{info.name}`, whose `{field}` is an error"
        case TupleType(items=items):
            plain = [get_proper_type(item) for item in items]
            if any(_is_error(kind) for item in plain for kind in alternatives(item)):
                return f"`{shown(answer)}`: an error beside the value"
            one, *more = plain
            pairs = [(one, more[0]), (more[0], one)] if len(more) == 1 else []
            if any(_is_optional_text(text) and _may_fail(value) for value, text in pairs):
                return f"`{shown(answer)}`: a value, or a string that describes an error"
        case Instance(type=info) if field := _field_of_error(info):
            return f"`{info.name}`, whose `{field}` is an error"
    return ""


def _may_fail(kind: ProperType) -> bool:
    return (_is_optional(kind) and not _is_optional_text(kind)) or _is_bool(kind)


def _field_of_error(info: TypeInfo) -> str:
    """Return the field in which one of our classes contains an error."""
    if not info.module_name.startswith(("domain", "application")) or _descends_from_error(info):
        return ""
    fields = {
        name: symbol.node.type
        for name, symbol in info.names.items()
        if isinstance(symbol.node, Var) and symbol.node.type and not name.startswith("__")
    }
    for name, kind in fields.items():
        if any(map(_is_error, alternatives(kind))):
            return name
    others = [kind for name, kind in fields.items() if name not in _ERROR_FIELDS]
    for name in _ERROR_FIELDS & set(fields):
        texts = _is_optional_text(get_proper_type(fields[name]))
        if texts and len(others) == 1 and _is_optional(get_proper_type(others[0])):
            return name
    return ""


def _is_error(kind: ProperType) -> bool:
    info = class_of(kind)
    return info is not None and _descends_from_error(info)


def _descends_from_error(info: TypeInfo) -> bool:
    return "builtins.BaseException" in bases(info)


def _is_ours(kind: ProperType) -> bool:
    info = class_of(kind)
    ours = info is not None and info.module_name.startswith(("domain", "application"))
    return ours and info is not None and not info.is_enum


def _is_text(kind: Type) -> bool:
    proper = get_proper_type(kind)
    if isinstance(proper, LiteralType):
        return isinstance(proper.value, str)
    return isinstance(proper, Instance) and proper.type.fullname == "builtins.str"


def _is_bool(kind: ProperType) -> bool:
    return isinstance(kind, Instance) and kind.type.fullname == "builtins.bool"


def _is_optional(kind: ProperType) -> bool:
    return isinstance(kind, UnionType) and any(
        isinstance(get_proper_type(item), NoneType) for item in kind.items
    )


def _is_optional_text(kind: ProperType) -> bool:
    return (
        isinstance(kind, UnionType)
        and _is_optional(kind)
        and all(
            isinstance(get_proper_type(item), NoneType) or _is_text(item) for item in kind.items
        )
    )
