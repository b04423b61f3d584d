"""What `schemas` may contain: subclasses of `CamelModel`, and enumerations.

The spelling is the same in both directions, and comes from `CamelModel`. A type alias may name a model or a
single value, but not arbitrary JSON.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from architecture.grammars.source import head, parsed, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding, Module, Source

KINDS = words("class alias raw made computes")
OPTIONS = words("")

CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
_ENUMERATIONS = words("Enum StrEnum IntEnum Flag IntFlag")
_ANYTHING = words("dict Dict Mapping Any object JsonValue Json")
_MAKERS = words("create_model TypedDict namedtuple NamedTuple make_dataclass")
_SPELLINGS = words(
    "alias_generator serialization_alias validation_alias serialize_by_alias validate_by_alias"
)


def findings(source: Source, _options: dict[str, Any]) -> Iterator[Finding]:
    for module in source.modules("schemas"):
        for node in _walk(module.tree):
            yield from _spelt(module, node)
            yield from _made(module, node)
            yield from _computed(module, node)
            yield from _open(module, node)
            if isinstance(node, ast.ClassDef) and not _is_shape(source, module, node):
                yield module.find("class", head(node))
        for name, value in module.values.items():
            if is_raw(module, value):
                assigned = ast.parse(f"{name} = {ast.unparse(value)}").body[0]
                yield module.find("raw", ast.copy_location(assigned, value))


def is_raw(module: Module, node: ast.expr) -> bool:
    """Whether a type allows arbitrary JSON: `dict[str, Any]`, `Any`."""
    node = parsed(node)
    match node:
        case ast.BinOp(left=left, right=right):
            return is_raw(module, left) or is_raw(module, right)
        case ast.Name() | ast.Attribute() | ast.Subscript():
            origin = module.origin(node)
        case _:
            return False
    match node:
        case ast.Subscript(slice=ast.Tuple(elts=[first, *_])) if origin.endswith(".Annotated"):
            return is_raw(module, first)
        case _:
            return origin.rpartition(".")[2] in _ANYTHING


def _is_shape(source: Source, module: Module, kind: ast.ClassDef, depth: int = 0) -> bool:
    if any("dataclass" in ast.unparse(decorator) for decorator in kind.decorator_list):
        return False
    for base in kind.bases:
        origin = module.origin(base)
        if origin == "schemas.base.CamelModel" or origin.rpartition(".")[2] in _ENUMERATIONS:
            return True
        if depth < 8 and origin.startswith("schemas."):
            defined = source.defining(origin)
            if defined is None:
                return True  # in a module that does not exist yet
            home, name = defined
            if name in home.classes and _is_shape(source, home, home.classes[name], depth + 1):
                return True
    return False


def _walk(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all nodes except those of `CamelModel` itself, which defines the spelling."""
    for statement in tree.body:
        if not (isinstance(statement, ast.ClassDef) and statement.name == "CamelModel"):
            yield from ast.walk(statement)


def _computed(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Yield arithmetic: validators and properties must not contain business logic."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        for inner in ast.walk(node):
            match inner:
                case ast.BinOp(op=ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Mod() | ast.Sub()):
                    yield module.find("computes", inner)
                    return


def _open(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Yield fields that allow anything; `JsonValue` declares that this is intended."""
    match node:
        case ast.ClassDef(body=body):
            for field in body:
                if isinstance(field, ast.AnnAssign) and _holds_anything(module, field.annotation):
                    yield module.find("raw", field)
        case ast.keyword(arg="extra", value=ast.Constant(value="allow")):
            yield module.find("raw", node)


def _holds_anything(module: Module, annotation: ast.expr) -> bool:
    annotation = parsed(annotation)
    if module.origin(annotation).endswith(".ClassVar"):
        return False
    named = [n for n in ast.walk(annotation) if isinstance(n, ast.Name | ast.Attribute)]
    within = {id(n.value) for n in ast.walk(annotation) if isinstance(n, ast.Subscript)}
    return any(
        module.origin(n).endswith((".Any", "builtins.object"))
        or (module.origin(n).endswith((".dict", ".list")) and id(n) not in within)
        for n in named
    )


def _spelt(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Yield spellings that do not come from `CamelModel`."""
    match node:
        case ast.keyword(arg=str(name)) if name in _SPELLINGS:
            yield module.find("alias", node)
        case ast.keyword(arg="alias", value=ast.Constant(value=str(alias))):
            if not CAMEL.fullmatch(alias):
                yield module.find("alias", node)
        case ast.keyword(arg="alias"):
            yield module.find("alias", node)
        case ast.Dict(keys=keys):
            for key in keys:
                if isinstance(key, ast.Constant) and key.value in _SPELLINGS:
                    yield module.find("alias", node)
        case ast.Assign(targets=[ast.Name(id=name)]) if name in _SPELLINGS:
            yield module.find("alias", node)


def _made(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Yield code that creates a model at run time, or that serializes one in its own way."""
    match node:
        case ast.Call(func=func) if module.origin(func).rpartition(".")[2] in _MAKERS:
            yield module.find("made", node)
        case ast.FunctionDef(name="model_dump" | "model_dump_json"):
            yield module.find("made", head(node))
        case ast.FunctionDef(decorator_list=decorators):
            for decorator in decorators:
                if "model_serializer" in ast.unparse(decorator):
                    yield module.find("made", decorator)
