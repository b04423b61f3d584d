"""What a route may take and return, by its signature and its decorator.

It takes a model of `schemas`, a file, a single value from the path, the query, a header or a form, an object
of FastAPI, or the result of a provider. It returns a model, a list or a stream of models, a file or another
response with a media type, or nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from architecture.grammars.routes import is_route
from architecture.grammars.schemas import CAMEL, is_raw
from architecture.grammars.source import WEB, Function, Module, head, parsed, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding, Source

KINDS = words("takes returns answers alias")
OPTIONS = words("")

RESPONSES = words(
    "Response FileResponse StreamingResponse RedirectResponse EventSourceResponse HTMLResponse"
    " PlainTextResponse"
)
_SENT = RESPONSES | {"ServerSentEvent"}
_STREAMS = words("AsyncIterable AsyncIterator AsyncGenerator Iterable Iterator Generator")
_LISTS = words("list tuple set frozenset Sequence Collection") | _STREAMS
_AROUND = _LISTS | words("Optional Union Annotated")
_SINGLE = words(
    "builtins.str builtins.int builtins.float builtins.bool builtins.bytes uuid.UUID"
    " decimal.Decimal typing.Literal datetime.date datetime.datetime datetime.time"
    " datetime.timedelta"
)


def findings(source: Source, _options: dict[str, Any]) -> Iterator[Finding]:
    for module in source.modules("presentation"):
        for node in module.nodes:
            if isinstance(node, Function) and is_route(node):
                yield from _Route(source, module, node).findings()


class _Route:
    def __init__(self, source: Source, module: Module, function: Function) -> None:
        self._source = source
        self._module = module
        self._function = function

    def findings(self) -> Iterator[Finding]:
        models = list(self._models())
        for model in models:
            if not self._may_go_out(model):
                yield self._module.find("answers", model)
        returns = self._function.returns
        if returns is None and not models:
            yield self._module.find("returns", head(self._function))
        elif returns is not None and not self._may_go_out(returns):
            yield self._module.find("returns", returns)
        for argument, default in self._arguments():
            yield from self._taken(argument, default)

    def _models(self) -> Iterator[ast.expr]:
        """Yield the response models in decorators."""
        for decorator in self._function.decorator_list:
            for node in ast.walk(decorator):
                match node:
                    case ast.keyword(arg="response_model", value=value) if not _is_none(value):
                        yield value
                    case ast.Dict(keys=keys, values=values):
                        for key, value in zip(keys, values, strict=True):
                            if isinstance(key, ast.Constant) and key.value == "model":
                                yield value

    def _may_go_out(self, node: ast.expr, depth: int = 0) -> bool:
        node = parsed(node)
        origin = self._module.origin(node)
        name = origin.rpartition(".")[2]
        match node:
            case ast.Constant(value=None):
                return True
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return self._may_go_out(left) and self._may_go_out(right)
            case ast.Subscript() if name in _AROUND:
                return all(
                    self._may_go_out(part) or (name in _STREAMS and _is_text(part))
                    for part in _inside(node, name)
                )
        if origin.startswith(WEB):
            return name in _SENT
        if origin.startswith("schemas."):
            return self._is_described(origin) and self._holds_shapes(node)
        if origin.startswith(self._module.name + ".") and name in self._module.values and depth < 8:
            return self._may_go_out(self._module.values[name], depth + 1)
        return False

    def _holds_shapes(self, node: ast.expr) -> bool:
        """Whether `Page[...]` contains models or single values."""
        if not isinstance(node, ast.Subscript):
            return True
        return all(
            self._may_go_out(part) or self._module.origin(part) in _SINGLE
            for part in _inside(node, "")
        )

    def _arguments(self) -> Iterator[tuple[ast.arg, ast.expr | None]]:
        arguments = self._function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        yield from zip(positional, [*missing, *arguments.defaults], strict=True)
        yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        yield from ((extra, None) for extra in (arguments.vararg, arguments.kwarg) if extra)

    def _taken(self, argument: ast.arg, default: ast.expr | None) -> Iterator[Finding]:
        if argument.annotation is None:
            yield self._module.find("takes", argument)
            return
        node = parsed(argument.annotation)
        if isinstance(node, ast.Name) and node.id in self._module.values:
            node = self._module.values[node.id]
        marks = [default] if default else []
        match node:
            case ast.Subscript(slice=ast.Tuple(elts=[first, *rest])) if self._module.origin(
                node
            ).endswith(".Annotated"):
                node, marks = first, [*rest, *marks]
        calls = [mark for mark in marks if isinstance(mark, ast.Call)]
        marked = {
            self._module.origin(call.func).rpartition(".")[2]
            for call in calls
            if self._module.origin(call.func).startswith(WEB)
        }
        if not self._may_come_in(node, marked):
            yield self._module.find("takes", argument)
        if marked & {"Path", "Query", "Form"}:
            for keyword in (keyword for call in calls for keyword in call.keywords):
                match keyword:
                    case ast.keyword(arg="alias", value=ast.Constant(value=str(alias))):
                        if not CAMEL.fullmatch(alias):
                            yield self._module.find("alias", keyword)

    def _may_come_in(self, node: ast.expr, marked: set[str], *, listed: bool = False) -> bool:
        """`marked` means that the source is declared; otherwise a list would come from the body."""
        node = parsed(node)
        origin = self._module.origin(node)
        name = origin.rpartition(".")[2]
        match node:
            case ast.Constant(value=None):
                return True
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return all(self._may_come_in(p, marked, listed=listed) for p in (left, right))
            case ast.Subscript() if name in _AROUND:
                within = listed or name in _LISTS
                parts = _inside(node, name)
                return all(self._may_come_in(part, marked, listed=within) for part in parts)
        if origin in _SINGLE or (origin.startswith("pydantic.") and not name.startswith("Json")):
            in_body = "Body" in marked or (listed and not marked)
            return not in_body and not name.endswith("Model")
        if origin.startswith("schemas."):
            return self._is_described(origin)
        defined = self._source.defining(origin)
        if defined and defined[1] in defined[0].classes:
            return False
        return origin.startswith(("presentation.", *WEB))

    def _is_described(self, origin: str) -> bool:
        defined = self._source.defining(origin)
        if defined is None:
            return True  # in a module that does not exist yet
        module, name = defined
        return name not in module.values or not is_raw(module, module.values[name])


def _inside(node: ast.Subscript, name: str) -> list[ast.expr]:
    """Return the types inside a list or a union."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    parts = parts[:1] if name == "Annotated" else parts
    return [part for part in parts if not (isinstance(part, ast.Constant) and part.value is ...)]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("bytes", "str")
