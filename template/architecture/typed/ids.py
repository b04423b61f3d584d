"""Ids are value objects, judged by the resolved type of an annotation, whatever its name."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mypy.nodes import TypeAlias, TypeInfo, Var
from mypy.types import AnyType, CallableType, Instance, get_proper_type

from architecture.typed.kinds import (
    alternatives,
    awaited,
    bases,
    class_itself,
    class_of,
    parts,
    shown,
)
from architecture.typed.service import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.types import Type

    from architecture.typed.service import Module, Service

_UUID = "uuid.UUID"
_RAW = {_UUID, "builtins.str", "builtins.int", "builtins.bytes", "builtins.object"}
_ID_NAME = re.compile(
    r"(\w*_)?(ids?|uids?|identifiers?|uuids?|guids?|pks?)_?|\w*[a-z]Ids?|(\w+_)?IDs?"
)


def parameters(module: Module, service: Service) -> Iterator[Found]:
    """Yield parameters and return types that are raw ids."""
    for function in module.find(ast.FunctionDef, ast.AsyncFunctionDef):
        signature = module.function(function)
        kind = get_proper_type(signature.type) if signature else None
        if not isinstance(kind, CallableType) or _in_value_object(module, function):
            continue
        arguments = {a.arg: a for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        for name, formal in zip(kind.arg_names, kind.arg_types, strict=True):
            what = _offence(name or "", formal)
            if what and name in arguments:
                line = arguments[name].lineno
                yield Found(module, line, f"the parameter `{name}` is {what}")
        answer = awaited(kind.ret_type)
        if what := _offence(function.name if _names_an_id(function) else "", answer):
            yield module.found(function.returns or function, f"`{function.name}` returns {what}")


def _names_an_id(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(_ID_NAME.fullmatch(function.name)) and "_by_" not in function.name


def fields(module: Module, service: Service) -> Iterator[Found]:
    """Yield fields that are raw ids, of a class or of `self`."""
    for definition in module.find(ast.ClassDef):
        info = module.info(definition)
        if info is None or _is_value_object(info):
            continue
        for name, kind in (info.typeddict_type.items if info.typeddict_type else {}).items():
            if what := _offence(name, kind):
                yield Found(module, _line(definition, name), f"the key `{name}` is {what}")
        for name, symbol in info.names.items():
            variable = symbol.node
            own = isinstance(variable, Var) and variable.info is info
            if own and (what := _offence(name, symbol.type)):
                yield Found(module, _line(definition, name), f"the field `{name}` is {what}")


def _line(definition: ast.ClassDef, name: str) -> int:
    """Return the line where a class declares a field, or first assigns it to `self`."""
    for node in ast.walk(definition):
        if isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(ast.unparse(target) in {name, f"self.{name}"} for target in targets):
                return node.lineno
    return definition.lineno


def variables(module: Module, service: Service) -> Iterator[Found]:
    """Yield annotated variables of a function or of the module that are raw ids."""
    for node in module.find(ast.AnnAssign):
        if isinstance(node.target, ast.Name) and not isinstance(module.parents[node], ast.ClassDef):
            if _in_value_object(module, node):
                continue
            kind = module.type_of(node.target)
            if what := _offence("", kind):
                yield module.found(node, f"`{node.target.id}` is {what}")


def aliases(module: Module, service: Service) -> Iterator[Found]:
    """Yield aliases of raw ids."""
    file = service.files[module.name]
    for name, symbol in file.names.items():
        if symbol.node is None or not symbol.node.fullname.startswith(f"{module.name}."):
            continue
        node = symbol.node
        if isinstance(node, TypeAlias) and _holds(node.target, {_UUID}):
            yield Found(module, node.line, f"`{name}` is an alias of UUID")
        elif isinstance(node, TypeAlias) and name.endswith(("Id", "ID")):
            if _holds(node.target, _RAW):
                yield Found(module, node.line, f"`{name}` is an alias of {shown(node.target)}")
        elif isinstance(node, TypeInfo) and node.is_newtype and _is_raw_newtype(name, node):
            yield Found(module, node.line, f"`{name}` is a NewType, which validates nothing")
    for imported in module.find(ast.ImportFrom):
        for alias in imported.names:
            if imported.module == "uuid" and alias.name == "UUID" and alias.asname:
                yield module.found(imported, f"UUID is imported as `{alias.asname}`")


def _is_raw_newtype(name: str, info: TypeInfo) -> bool:
    named = name.endswith(("Id", "ID")) and bool(bases(info) & (_RAW - {"builtins.object"}))
    return named or _UUID in bases(info)


def unwrapped(module: Module, service: Service) -> Iterator[Found]:
    """Yield ids that leave a use case as a raw value: returned, or put into the returned object."""
    for function in module.find(ast.FunctionDef, ast.AsyncFunctionDef):
        carriers = _carriers(module, function)
        for node in ast.walk(function):
            if module.function_around(node) is not function:
                continue
            if isinstance(node, ast.Return | ast.Yield) and node.value:
                yield from _leaving(module, node.value, carriers)
            if isinstance(node, ast.Assign) and _gives_to_another(node.targets[0]):
                yield from _leaving(module, node.value, carriers)
            if isinstance(node, ast.Call) and _makes_an_output(module, node):
                for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                    yield from _leaving(module, argument, carriers)


def _gives_to_another(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and not ast.unparse(target).startswith("self.")


def _carriers(module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the variables that contain a raw id."""
    carriers: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if _bare(module, value, frozenset(carriers)):
                    carriers.add(name)
    return carriers


def _leaving(module: Module, value: ast.expr, carriers: set[str]) -> Iterator[Found]:
    if isinstance(value, ast.Name) and value.id in carriers:
        yield module.found(value, f"`{value.id}`, a raw id, leaves the use case")
    elif _bare(module, value, frozenset(carriers)):
        yield module.found(value, f"`{ast.unparse(value)}`, a raw id, leaves the use case")
    elif isinstance(value, ast.List | ast.Tuple | ast.Set):
        for part in value.elts:
            yield from _leaving(module, part, carriers)
    elif isinstance(value, ast.Dict):
        for key_or_value in (*value.keys, *value.values):
            if key_or_value:
                yield from _leaving(module, key_or_value, carriers)
    elif isinstance(value, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        yield from _leaving(module, value.elt, carriers)
    elif isinstance(value, ast.IfExp):
        yield from _leaving(module, value.body, carriers)
        yield from _leaving(module, value.orelse, carriers)


def _bare(module: Module, value: ast.expr, carriers: frozenset[str] = frozenset()) -> bool:
    """Tell whether this is `user.id.value`, or a string or number made only from it."""
    match value:
        case ast.Name(id=name):
            return name in carriers
        case ast.Attribute(value=owner, attr=attr):
            unwraps = attr in {"hex", "int", "bytes", "urn"} and _bare(module, owner, carriers)
            return unwraps or _is_an_id(module, owner)
        case ast.Call(func=ast.Name(id="str" | "repr" | "int" | "format"), args=[argument]):
            return _is_an_id(module, argument) or _bare(module, argument, carriers)
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="format"), args=[argument]):
            return _bare(module, argument, carriers)
        case ast.BinOp(left=ast.Constant(), op=ast.Mod(), right=right):
            return _bare(module, right, carriers)
        case ast.JoinedStr(values=[ast.FormattedValue(value=inner)]):
            return _is_an_id(module, inner) or _bare(module, inner, carriers)
    return False


def _is_an_id(module: Module, node: ast.expr) -> bool:
    kinds = alternatives(module.type_of(node))
    return any(_is_id(info) for kind in kinds if (info := class_of(kind)))


def _makes_an_output(module: Module, call: ast.Call) -> bool:
    """Tell whether this creates an object of the application that is not a value object."""
    return any(
        info.module_name.startswith("application")
        and not _is_value_object(info)
        and "builtins.BaseException" not in bases(info)
        for info in class_itself(module.type_of(call.func))
    )


def _is_id(info: TypeInfo) -> bool:
    return _is_value_object(info) and (
        info.name.endswith("Id")
        or any(
            isinstance(symbol.node, Var) and _holds(symbol.node.type, {_UUID})
            for symbol in info.names.values()
        )
    )


def _offence(name: str, kind: Type | None) -> str:
    """Return what is wrong with this name and type, or nothing."""
    if kind is None:
        return ""
    if _holds(kind, {_UUID}):
        return f"a raw `{shown(kind)}`"
    kinds = alternatives(kind)
    if any((info := class_of(k)) and _is_id(info) for k in kinds) and any(map(_is_raw, kinds)):
        return f"a `{shown(kind)}`, raw or not"
    if not _ID_NAME.fullmatch(name):
        return ""
    keyed = _keys(kind) if re.search(r"_by_\w*ids?_?$", name) or _is_mapping(kind) else kind
    if _holds(keyed, _RAW) or isinstance(get_proper_type(keyed), AnyType):
        return f"a raw `{shown(kind)}`"
    return ""


def _is_raw(kind: Type) -> bool:
    return isinstance(kind, Instance) and kind.type.fullname in _RAW


def _keys(kind: Type) -> Type:
    """Return the type of the keys: in `names_by_id: dict[OrderId, str]`, only the keys are ids."""
    proper = get_proper_type(kind)
    return proper.args[0] if isinstance(proper, Instance) and len(proper.args) > 1 else proper


def _is_mapping(kind: Type) -> bool:
    proper = get_proper_type(kind)
    return isinstance(proper, Instance) and "typing.Mapping" in bases(proper.type)


def _holds(kind: Type | None, names: set[str]) -> bool:
    for part in parts(kind):
        if isinstance(part, CallableType):
            continue
        if isinstance(part, Instance) and part.type.fullname in names:
            return True
        if (
            isinstance(part, Instance)
            and part.type.is_newtype
            and bases(part.type) & (names - {"builtins.object"})
        ):
            return True
    return False


def _in_value_object(module: Module, node: ast.AST) -> bool:
    classes = [outer for outer in module.above(node) if isinstance(outer, ast.ClassDef)]
    infos = [module.info(definition) for definition in classes]
    return any(info and _is_value_object(info) for info in infos)


def _is_value_object(info: TypeInfo) -> bool:
    """Tell whether this is a frozen dataclass whose only field is its `value`."""
    for base in info.mro:
        if details := base.metadata.get("dataclass"):
            fields = [attribute["name"] for attribute in details["attributes"]]
            return fields == ["value"] and bool(details["frozen"])
    return False
