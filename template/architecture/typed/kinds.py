"""Helpers for types: what they contain, and their base classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    Overloaded,
    ProperType,
    TupleType,
    TypedDictType,
    TypeOfAny,
    TypeType,
    TypeVarType,
    UnionType,
    get_proper_type,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from mypy.nodes import TypeInfo
    from mypy.types import Type


_DEEPEST = 8  # because some types are recursive


def parts(found: Type | None, depth: int = 0) -> Iterator[ProperType]:
    """Yield the type and all types in it: `list[User] | None` contains `User`."""
    if found is None or depth > _DEEPEST:
        return
    proper = get_proper_type(found)
    yield proper
    inner: list[Type] = []
    match proper:
        case Instance(args=args):
            inner = list(args)
        case UnionType(items=items) | TupleType(items=items):
            inner = list(items)
        case CallableType():
            inner = [*proper.arg_types, proper.ret_type]
        case TypedDictType():
            inner = list(proper.items.values())
        case TypeType(item=item):
            inner = [item]
        case TypeVarType(upper_bound=bound, values=values):
            inner = [kind for kind in (bound, *values) if not is_object(kind)]
    for part in inner:
        yield from parts(part, depth + 1)


def alternatives(found: Type | None) -> list[ProperType]:
    """Return the possible types of a value: the items of a union, and the bound of a type variable."""
    match get_proper_type(found):
        case None:
            return []
        case UnionType(items=items):
            return [kind for item in items for kind in alternatives(item)]
        case TypeVarType(upper_bound=bound):
            return alternatives(bound)
        case LiteralType(fallback=fallback):
            return [fallback]
        case proper:
            return [proper]


def bases(info: TypeInfo) -> set[str]:
    """Return the full names of a class and of all its base classes."""
    return {base.fullname for base in info.mro}


def descends(found: Type | None, names: Container[str]) -> bool:
    """Tell whether a value may be an instance of one of these classes, or of a subclass."""
    return any(
        any(base in names for base in bases(info))
        for kind in alternatives(found)
        if (info := class_of(kind))
    )


def class_of(kind: ProperType) -> TypeInfo | None:
    match kind:
        case Instance(type=info):
            return info
        case TupleType(partial_fallback=fallback) | TypedDictType(fallback=fallback):
            return fallback.type
    return None


def class_itself(found: Type | None) -> list[TypeInfo]:
    """Return the classes that an expression refers to: `User`, or a value of `type[User]`."""
    classes = []
    for kind in alternatives(found):
        match kind:
            case CallableType() if kind.is_type_obj():
                classes.append(kind.type_object())
            case Overloaded() if kind.is_type_obj():
                classes.append(kind.type_object())
            case TypeType(item=item):
                classes += [info for part in alternatives(item) if (info := class_of(part))]
    return classes


def awaited(declared: Type) -> ProperType:
    """Return the result type of a call, after `await` if necessary."""
    answer = get_proper_type(declared)
    if isinstance(answer, Instance) and answer.type.fullname == "typing.Coroutine":
        return get_proper_type(answer.args[-1])
    return answer


def is_any(found: Type | None) -> bool:
    return any(isinstance(kind, AnyType) for kind in alternatives(found))


def from_elsewhere(kind: AnyType) -> bool:
    """Tell whether this comes from a package that is not installed, and so has no type."""
    source = kind.source_any or kind
    unimported = source.type_of_any == TypeOfAny.from_unimported_type
    return unimported or bool(source.missing_import_name)


def is_object(found: Type | None) -> bool:
    return any(
        isinstance(kind, Instance) and kind.type.fullname == "builtins.object"
        for kind in alternatives(found)
    )


def is_none(found: Type | None) -> bool:
    return isinstance(get_proper_type(found), NoneType)


def shown(found: Type) -> str:
    """Return a type in the spelling of source code."""
    match get_proper_type(found):
        case AnyType():
            return "Any"
        case NoneType():
            return "None"
        case CallableType() as made if made.is_type_obj():
            return f"type[{made.type_object().name}]"
        case Instance(type=info, args=args):
            inner = f"[{', '.join(map(shown, args))}]" if args else ""
            return info.name + inner
        case UnionType(items=items):
            return " | ".join(map(shown, items))
        case TupleType(items=items):
            return f"tuple[{', '.join(map(shown, items))}]"
        case proper:
            return str(proper)
