"""What goes over the wire: shapes of `schemas`, files and streams with a media type, single values.

A route says in its annotations what it takes and returns. Of `schemas`, classes are `CamelModel`s or
enumerations, and one spelling holds both ways.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from architecture.grammars.routes import is_route
from architecture.grammars.source import Function, Module, parameters, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding, Source

KINDS = frozenset(
    (
        *("takes", "returns", "answers", "class", "alias", "raw", "outside", "by-hand"),
        *("untyped", "made"),
    )
)
OPTIONS: frozenset[str] = frozenset()

_WEB = ("fastapi.", "starlette.")
_RESPONSES = frozenset(
    (
        *("Response", "FileResponse", "StreamingResponse", "RedirectResponse", "EventSourceResponse"),
        *("HTMLResponse", "PlainTextResponse"),
    )
)
_EVENT = "ServerSentEvent"
_AROUND = frozenset(
    (
        *("list", "tuple", "set", "frozenset", "Sequence", "Iterable", "Iterator", "Generator"),
        *("AsyncIterable", "AsyncIterator", "AsyncGenerator", "Optional", "Union", "Annotated"),
        "Collection",
    )
)
_STREAMED = frozenset(("AsyncIterable", "AsyncIterator", "AsyncGenerator", "Iterable", "Iterator"))
_SINGLE = frozenset(
    (
        *("builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.bytes"),
        *("uuid.UUID", "decimal.Decimal", "typing.Literal", "typing_extensions.Literal"),
        *("datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta"),
    )
)
_ENUMS = frozenset(("Enum", "StrEnum", "IntEnum", "Flag", "IntFlag"))
_CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
_MADE_BY_HAND = frozenset(
    (
        *("json.dumps", "json.loads", "json.dump", "json.load", "orjson.dumps", "orjson.loads"),
        *("ujson.dumps", "msgspec.json.encode", "pydantic_core.to_json", "pydantic_core.to_jsonable_python"),
        *("fastapi.encoders.jsonable_encoder", "dataclasses.asdict", "builtins.vars", "pickle.dumps"),
        *("yaml.dump", "yaml.safe_dump", "json.JSONEncoder", "json.JSONDecoder"),
    )
)
_SPELLING = frozenset(
    ("alias_generator", "serialization_alias", "validation_alias", "serialize_by_alias", "validate_by_alias")
)


def findings(source: Source, _options: dict[str, Any]) -> Iterator[Finding]:
    for module in source.modules("schemas"):
        if module.name != "schemas.base":
            yield from _Schemas(source, module).findings()
    for module in source.modules("presentation"):
        routers = f"{module.name}.".startswith("presentation.routers.")
        measured = {
            id(node.args[0])
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and module.origin(node.func) == "builtins.len" and node.args
        }
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and id(node) not in measured:
                yield from _call(module, node, routers=routers)
            elif isinstance(node, ast.ClassDef):
                yield from _declared(module, node)
            elif isinstance(node, ast.Attribute) and node.attr == "__dict__":
                yield module.find("by-hand", node)
            elif isinstance(node, Function) and is_route(node):
                yield from _Route(source, module).findings(node)


class _Schemas:
    def __init__(self, source: Source, module: Module) -> None:
        self._source = source
        self._module = module

    def findings(self) -> Iterator[Finding]:
        module = self._module
        for node in ast.walk(module.tree):
            match node:
                case ast.ClassDef() if not self._is_shape(module, node):
                    yield module.find("class", _head(node))
                case ast.keyword(arg=str(name)) if name in _SPELLING:
                    yield module.find("alias", node)
                case ast.keyword(arg="alias", value=ast.Constant(value=str(alias))) if (
                    not _CAMEL.fullmatch(alias)
                ):
                    yield module.find("alias", node)
                case ast.Dict(keys=keys):
                    for key in keys:
                        if isinstance(key, ast.Constant) and key.value in _SPELLING:
                            yield module.find("alias", node)
                case ast.Assign(targets=[ast.Name(id=name)]) if name in _SPELLING:
                    yield module.find("alias", node)
                case ast.Call(func=func) if module.origin(func).endswith(".create_model"):
                    yield module.find("made", node)
                case ast.Call(func=func) if module.origin(func).endswith((".TypedDict", ".namedtuple")):
                    yield module.find("made", node)
                case ast.FunctionDef(decorator_list=decorators):
                    for decorator in decorators:
                        if "model_serializer" in ast.unparse(decorator):
                            yield module.find("made", decorator)
        for name, value in module.values.items():
            if _is_raw(module, value):
                yield module.find("raw", ast.copy_location(_assignment(name, value), value))

    def _is_shape(self, module: Module, kind: ast.ClassDef, depth: int = 0) -> bool:
        if any("dataclass" in ast.unparse(decorator) for decorator in kind.decorator_list):
            return False
        for base in kind.bases:
            origin = module.origin(base)
            if origin == "schemas.base.CamelModel" or origin.rpartition(".")[2] in _ENUMS:
                return True
            if depth < 8 and origin.startswith("schemas."):
                defined = self._source.defining(origin)
                if defined is None:
                    return True  # a module that is not there yet
                parent = defined[0].classes.get(defined[1])
                if parent and self._is_shape(defined[0], parent, depth + 1):
                    return True
        return False


def _is_raw(module: Module, node: ast.expr) -> bool:
    """`Payload = dict[str, Any]`, `Anything = Any`"""
    node = parsed(node)
    if isinstance(node, ast.BinOp):
        return _is_raw(module, node.left) or _is_raw(module, node.right)
    if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return False
    origin = module.origin(node)
    if origin == "typing.Annotated" and isinstance(node, ast.Subscript):
        inner = node.slice
        return isinstance(inner, ast.Tuple) and _is_raw(module, inner.elts[0])
    return origin.rpartition(".")[2] in ("dict", "Dict", "Mapping", "Any", "object", "JsonValue", "Json")


def _assignment(name: str, value: ast.expr) -> ast.stmt:
    target = ast.Name(id=name, ctx=ast.Store())
    return ast.Assign(targets=[target], value=value, lineno=value.lineno)


def _head(kind: ast.ClassDef) -> ast.ClassDef:
    """Return the class without its body, to be quoted."""
    head = ast.ClassDef(
        name=kind.name, bases=kind.bases, keywords=kind.keywords, body=[ast.Pass()], decorator_list=[]
    )
    return ast.copy_location(head, kind)


def _declared(module: Module, kind: ast.ClassDef) -> Iterator[Finding]:
    """Yield a shape that stands outside of `schemas`."""
    for base in kind.bases:
        origin = module.origin(base)
        if origin.startswith(("pydantic.", "schemas.", "sqlmodel.")) or origin.endswith(".TypedDict"):
            yield module.find("outside", _head(kind))
            return


def _call(module: Module, node: ast.Call, *, routers: bool) -> Iterator[Finding]:
    origin = module.origin(node.func)
    name = origin.rpartition(".")[2]
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if origin.endswith(".create_model"):
        yield module.find("made", node)
    elif origin in _MADE_BY_HAND:
        yield module.find("by-hand", node)
    elif origin.startswith(_WEB) and name.endswith("JSONResponse"):
        if routers or not _dumped(given.get("content", node.args[0] if node.args else None)):
            yield module.find("by-hand", node)
    elif routers and origin.startswith(_WEB) and name in ("Response", "StreamingResponse"):
        content = given.get("content", node.args[0] if node.args else None)
        media = given.get("media_type")
        if content is not None and (media is None or "json" in ast.unparse(media)):
            yield module.find("untyped", node)
    elif method in ("send_json", "receive_json", "iter_json"):
        yield module.find("by-hand", node)
    elif method == "json" and not node.args and not origin:
        yield module.find("by-hand", node)
    elif method == "model_dump_json" and not _by_alias(given):
        yield module.find("by-hand", node)
    elif method == "model_dump" and (routers or not _by_alias(given)):
        yield module.find("by-hand", node)
    for keyword in node.keywords:
        match keyword:
            case ast.keyword(arg="response_model_by_alias" | "by_alias", value=ast.Constant(value=False)):
                yield module.find("by-hand", keyword)
            case ast.keyword(arg="response_class" | "default_response_class", value=value):
                if module.origin(value).rpartition(".")[2] not in _RESPONSES:
                    yield module.find("by-hand", keyword)


def _by_alias(given: dict[str | None, ast.expr]) -> bool:
    match given.get("by_alias"):
        case ast.Constant(value=True):
            return True
        case _:
            return False


def _dumped(node: ast.expr | None) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="model_dump"), keywords=keywords):
            return _by_alias({keyword.arg: keyword.value for keyword in keywords})
        case _:
            return False


class _Route:
    """What a route takes and returns, as its signature and its decorator say."""

    def __init__(self, source: Source, module: Module) -> None:
        self._source = source
        self._module = module

    def findings(self, function: Function) -> Iterator[Finding]:
        models = self._models(function)
        yield from (self._module.find("answers", model) for model in models if not self._sent(model))
        if function.returns is not None:
            if not (self._is_nothing(function.returns) or self._sent(function.returns)):
                yield self._module.find("returns", function.returns)
        elif not models and not _is_socket(function):
            yield self._module.find("returns", _signature(function))
        for argument, default in _with_defaults(function):
            yield from self._taken(argument, default)

    def _models(self, function: Function) -> list[ast.expr]:
        """Return what the decorators name as shapes, but for `response_model=None`."""
        found = []
        for decorator in function.decorator_list:
            for node in ast.walk(decorator):
                match node:
                    case ast.keyword(arg="response_model", value=value):
                        found.append(value)
                    case ast.Dict(keys=keys, values=values):
                        pairs = zip(keys, values, strict=True)
                        found += [v for k, v in pairs if k and ast.unparse(k) == "'model'"]
        return [value for value in found if not self._is_nothing(value)]

    def _is_nothing(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) and node.value is None

    def _sent(self, node: ast.expr, depth: int = 0) -> bool:
        """Whether a type may go out: a shape, a response, a stream of shapes or events."""
        node = parsed(node)
        origin = self._module.origin(node)
        name = origin.rpartition(".")[2]
        match node:
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return all(self._is_nothing(part) or self._sent(part) for part in (left, right))
            case ast.Subscript(slice=inner) if name in _AROUND:
                parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                parts = parts[:1] if name == "Annotated" else parts
                return all(
                    self._is_nothing(part) or self._sent(part) or (name in _STREAMED and _is_bytes(part))
                    for part in parts
                )
        if origin.startswith(_WEB):
            return name in _RESPONSES or name == _EVENT
        if origin.startswith("schemas."):
            return self._is_shape(origin)
        if origin.startswith(self._module.name + ".") and depth < 8:
            value = self._module.values.get(name)
            return value is not None and self._sent(value, depth + 1)
        return False

    def _is_shape(self, origin: str) -> bool:
        defined = self._source.defining(origin)
        return defined is None or not (
            defined[1] in defined[0].values and _is_raw(defined[0], defined[0].values[defined[1]])
        )

    def _taken(self, argument: ast.arg, default: ast.expr | None) -> Iterator[Finding]:
        annotation = argument.annotation
        if annotation is None:
            yield self._module.find("takes", argument)
            return
        marks = [default] if default else []
        node = parsed(annotation)
        if isinstance(node, ast.Name) and node.id in self._module.values:
            node = self._module.values[node.id]
        if self._module.origin(node).rpartition(".")[2] == "Annotated":
            match node:
                case ast.Subscript(slice=ast.Tuple(elts=[first, *rest])):
                    node, marks = first, [*rest, *marks]
        kinds = {self._module.origin(m.func) for m in marks if isinstance(m, ast.Call)}
        marked = {kind.rpartition(".")[2] for kind in kinds if kind.startswith(_WEB)}
        if not self._may_come_in(node, marked):
            yield self._module.find("takes", argument)
        for mark in marks:
            for keyword in mark.keywords if isinstance(mark, ast.Call) else ():
                match keyword:
                    case ast.keyword(arg="alias", value=ast.Constant(value=str(alias))):
                        if marked & {"Path", "Query", "Form"} and not _CAMEL.fullmatch(alias):
                            yield self._module.find("alias", keyword)

    def _may_come_in(self, node: ast.expr, marked: set[str], *, several: bool = False) -> bool:
        node = parsed(node)
        origin = self._module.origin(node)
        name = origin.rpartition(".")[2]
        match node:
            case ast.Constant(value=None):
                return True
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return all(self._may_come_in(p, marked, several=several) for p in (left, right))
            case ast.Subscript(slice=inner) if name in _AROUND:
                parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                parts = parts[:1] if name == "Annotated" else parts
                parts = [p for p in parts if not (isinstance(p, ast.Constant) and p.value is ...)]
                listed = several or name not in ("Optional", "Union", "Annotated")
                return all(self._may_come_in(part, marked, several=listed) for part in parts)
        if origin in _SINGLE or (origin.startswith("pydantic.") and not name.startswith("Json")):
            return "Body" not in marked and (bool(marked) or not several) and "Model" not in name
        if origin.startswith("schemas."):
            return self._is_shape(origin)
        defined = self._source.defining(origin)
        if defined and defined[1] in defined[0].classes:
            return False
        return origin.startswith(("presentation.", *_WEB))


def _is_bytes(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("bytes", "str")


def _is_socket(function: Function) -> bool:
    return any(".websocket(" in ast.unparse(decorator) for decorator in function.decorator_list)


def _signature(function: Function) -> ast.AST:
    return ast.copy_location(ast.Name(id=f"def {function.name}(...)"), function)


def _with_defaults(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    yield from zip(positional, [*missing, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    for extra in parameters(function):
        if extra in (arguments.vararg, arguments.kwarg):
            yield extra, None
