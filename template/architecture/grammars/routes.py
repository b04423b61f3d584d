"""What a route may contain: its input, one use case, headers of the response, and a response model.

    data = PlaceOrderInput(sku=payload.sku, note=payload.note)      build the input
    result = await orders.place_order(actor, data)                  call one use case
    response.headers["Location"] = f"/orders/{result.id.value}"     set headers, a status, a cookie
    return OrderResponse.from_output(result)                        return a response model, or nothing

The use case is a function of `application.<context>.use_cases`, or one that a provider has bound. These forms
are permitted as well:

- a stream is `async for ... in use_case(...)` around one `yield`;
- an upload is read with `await upload.read()`, and a signed body with `await request.body()`;
- a status that depends on the outcome is looked up: `response.status_code = STATUS[result.outcome]`;
- functions of presentation that a route calls pass values on in the same way, and may omit absent values: one
  sets an optional header with `if following: response.headers["Link"] = ...`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from architecture.grammars import values
from architecture.grammars.ports import is_port
from architecture.grammars.source import (
    WEB,
    Function,
    Module,
    body_without_docstring,
    parameters,
    plain_type,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding, Source

KINDS = values.KINDS | words("statement second port returns decorator top")
OPTIONS = words("")

_METHODS = words("get post put patch delete head options trace api_route websocket")
_CONVERSIONS = words(
    "builtins.bytes builtins.dict builtins.float builtins.frozenset builtins.int builtins.list"
    " builtins.set builtins.str builtins.tuple datetime.timedelta decimal.Decimal uuid.UUID"
    " urllib.parse.quote urllib.parse.urlencode"
)
_HANDED_OUT = words("to_input get_secret_value items keys values")
_OF_A_REQUEST = words("get getlist url_for")
_OF_HEADERS = words("append setdefault update")
_OF_A_RESPONSE = words("set_cookie delete_cookie")

# Methods that may be awaited besides the use case, by the type of the parameter.
_EXTRACTED = {
    "UploadFile": words("read"),
    "Request": words("body"),
    "WebSocket": words("accept close send_text send_bytes"),
}


def findings(source: Source, _options: dict[str, Any]) -> Iterator[Finding]:
    called: set[tuple[str, str]] = set()
    for module in source.modules("presentation.routers"):
        yield from _top(module)
        for function in module.functions.values():
            if is_route(function):
                route = _Route(module, source, function)
                yield from route.findings()
                called |= route.helpers
            else:
                called.add((module.name, function.name))
    yield from _helpers(source, called)


def is_route(function: Function) -> bool:
    return any(_registers(decorator) for decorator in function.decorator_list)


def _registers(decorator: ast.expr) -> bool:
    match decorator:
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in _METHODS
        case _:
            return False


def _top(module: Module) -> Iterator[Finding]:
    """Yield top-level code in a module of routes other than routes, imports, constants and helpers."""
    for node in body_without_docstring(module.tree.body):
        match node:
            case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.AsyncFunctionDef():
                continue
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                continue
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="include_router"))):
                continue
            case ast.Assign() | ast.AnnAssign():
                for inner in ast.walk(node):
                    match inner:  # `router.get("/")(function)` would hide a route
                        case ast.Lambda() | ast.IfExp() | ast.Call(func=ast.Call()):
                            yield module.find("top", inner)
            case _ if type(node).__name__ == "TypeAlias":
                continue
            case _:
                yield module.find("top", node)


@dataclass
class _Route:
    """One route: its content, and the functions of presentation that it calls."""

    module: Module
    source: Source
    function: Function
    helpers: set[tuple[str, str]] = field(default_factory=set)
    _cases: list[ast.expr] = field(default_factory=list)
    _shaped: set[str] = field(default_factory=set)
    _locals: set[str] = field(default_factory=set)
    _streams: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._types = {arg.arg: plain_type(arg.annotation) for arg in parameters(self.function)}

    def findings(self) -> Iterator[Finding]:
        for decorator in self.function.decorator_list:
            if not _registers(decorator):
                yield self.module.find("decorator", decorator)
        for inner in ast.walk(self.function.args):
            if isinstance(inner, ast.Lambda):
                yield self.module.find("decides", inner)
        body = body_without_docstring(self.function.body)
        for statement in body:
            if isinstance(statement, ast.Return) and statement is body[-1]:
                yield from self._returned(statement.value)
            else:
                yield from self._statement(statement)
        in_order = sorted(self._cases, key=lambda case: (case.lineno, case.col_offset))
        for case in in_order[1:]:
            yield self.module.find("second", case)

    def _statement(self, node: ast.stmt) -> Iterator[Finding]:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return
            case ast.Assign(targets=[target], value=value):
                yield from self._assigned(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from self._assigned(target, value)
            case ast.Expr(value=ast.Call(func=ast.Attribute() as method) as call) if (
                self._sets_on_response(method)
            ):
                yield from values.arguments(call, self)
            case ast.Expr(value=ast.Call() | ast.Await() as value):
                yield from values.check(value, self)
            case ast.Return(value=value):
                yield self.module.find("returns", node)
                yield from self._returned(value)
            case ast.AsyncFor():
                yield from self._stream(node)
            case _:
                yield self.module.find("statement", node)
                for inner in ast.iter_child_nodes(node):
                    yield from self._within(inner)

    def _within(self, node: ast.AST) -> Iterator[Finding]:
        """Also check the inside of a refused statement, so that all refusals are reported at once."""
        if isinstance(node, ast.stmt):
            yield from self._statement(node)
        elif isinstance(node, ast.ExceptHandler | ast.match_case):
            for inner in node.body:
                yield from self._statement(inner)

    def _assigned(self, target: ast.expr, value: ast.expr) -> Iterator[Finding]:
        match target:
            case ast.Name(id=name):
                if self._is_shape(value):
                    self._shaped.add(name)
                yield from values.check(value, self)
                self._locals.add(name)
            case ast.Tuple(elts=elements) if all(isinstance(e, ast.Name) for e in elements):
                yield from values.check(value, self)
                self._locals |= {ast.unparse(element) for element in elements}
            case ast.Attribute(value=ast.Name(id=name), attr="status_code") if (
                self._kind(name) == "Response"
            ):
                if not _is_lookup(value):
                    yield from values.check(value, self)
            case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name), attr="headers")) if (
                self._kind(name) == "Response"
            ):
                yield from values.check(value, self)
            case _:
                yield self.module.find("statement", target)

    def _sets_on_response(self, method: ast.Attribute) -> bool:
        match method:
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                return self._kind(name) == "Response" and attr in _OF_A_RESPONSE
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id=name), attr="headers")):
                return self._kind(name) == "Response" and method.attr in _OF_HEADERS
            case _:
                return False

    def _stream(self, node: ast.AsyncFor) -> Iterator[Finding]:
        """`async for output in use_case(...)`: one model, event or message for each output."""
        if isinstance(node.iter, ast.Call) and self._case(node.iter.func) == "case":
            self._streams.add(id(node.iter))
        self._locals |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        yield from values.check(node.iter, self)
        match node.body:
            case [ast.Expr(value=ast.Yield(value=shape))] if not node.orelse:
                yield from self._returned(shape)
            case [
                ast.Expr(value=ast.Await(value=ast.Call(func=ast.Attribute(attr=attr)))) as sent
            ] if attr.startswith("send_"):
                yield from values.check(sent.value, self)
            case _:
                yield self.module.find("statement", node)
                for inner in node.body:
                    yield from self._statement(inner)

    def _returned(self, node: ast.expr | None) -> Iterator[Finding]:
        match node:
            case None | ast.Constant(value=None):
                return
            case ast.Name(id=name) if name in self._shaped or self._kind(name) == "Response":
                return
            case ast.ListComp(elt=element) if self._is_shape(element):
                yield from values.check(node, self)
            case ast.Call() if self._is_shape(node):
                yield from values.check(node, self)
            case ast.Call(func=func) if self._is_helper(func):
                yield from values.check(node, self)
            case ast.Name() | ast.Attribute() | ast.Constant() | ast.Await():
                yield self.module.find("returns", node)
            case _:
                faults = list(values.check(node, self))
                yield from faults or [self.module.find("returns", node)]

    def _is_shape(self, node: ast.expr) -> bool:
        """Whether this creates a model of `schemas`, a response with a file or stream, or an event."""
        match node:
            case ast.Call(func=func):
                return self._origin(func).startswith(("schemas.", *WEB))
            case ast.ListComp(elt=element):
                return self._is_shape(element)
            case _:
                return False

    def call(self, node: ast.Call) -> Iterator[Finding]:
        origin = self._origin(node.func)
        match node.func:
            case ast.Attribute(value=value, attr=attr) if not origin and attr in _HANDED_OUT:
                yield from values.check(value, self)
                return
            case ast.Attribute(attr="model_dump_json") if not origin:
                return  # `shapes` checks its position
            case ast.Attribute(value=value, attr=attr) if attr in _OF_A_REQUEST and (
                self._kind(_root(value)) in ("Request", "HTTPConnection", "WebSocket")
            ):
                return
            case ast.Attribute(value=ast.Name(id=name), attr="iter_text" | "iter_bytes") if (
                self._kind(name) == "WebSocket"
            ):
                return
            case ast.Attribute(value=ast.Name(id=name), attr="stream") if (
                self._kind(name) == "Request"
            ):
                return
        case = self._case(node.func)
        if case == "port":
            yield self.module.find("port", node)
        elif case:
            self._cases.append(node)
            if id(node) not in self._streams:
                yield self.module.find("awaits", node)
        elif origin.startswith(WEB):
            self._streams |= {
                id(inner)
                for inner in ast.walk(node)
                if isinstance(inner, ast.Call) and self._case(inner.func) == "case"
            }
        elif (place := helper(self.source, origin)) is not None:
            self.helpers.add(place)
        elif not (_makes_an_input(origin) or origin in _CONVERSIONS):
            yield self.module.find("computes" if values.computes(origin) else "calls", node)

    def awaited(self, node: ast.Await) -> Iterator[Finding]:
        match node.value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if (
                attr in _EXTRACTED.get(self._kind(name), ())
            ):
                yield from values.arguments(node.value, self)
            case ast.Call(func=func) as call:
                case = self._case(func)
                if case == "case":
                    self._cases.append(node)
                    yield from values.arguments(call, self)
                else:
                    yield self.module.find(case or "awaits", node)
                    yield from values.arguments(call, self)
            case _:
                yield self.module.find("awaits", node)

    def condition(self, node: ast.IfExp) -> Iterator[Finding]:
        yield self.module.find("decides", node)

    def _origin(self, node: ast.expr) -> str:
        root = _root(node)
        return "" if root in self._types or root in self._locals else self.module.origin(node)

    def _is_helper(self, func: ast.expr) -> bool:
        return helper(self.source, self._origin(func)) is not None

    def _kind(self, name: str) -> str:
        """Return `Response` for a parameter with a type of FastAPI or Starlette."""
        annotation = self._types.get(name)
        origin = self.module.origin(annotation) if annotation else ""
        return origin.rpartition(".")[2] if origin.startswith(WEB) else ""

    def _case(self, func: ast.expr) -> str:
        """Return `case` for a use case, and `port` for an object that a provider must not give to a route."""
        match func:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name)) if name in self._types:
                annotation = self._types[name]
                attribute = func.attr if isinstance(func, ast.Attribute) else ""
                if annotation is None or self._kind(name):
                    return ""
                return (
                    "port" if is_port(self.source, self.module, annotation, attribute) else "case"
                )
        package, _, name = self._origin(func).rpartition(".")
        parts = package.split(".")
        is_function = parts[0] == "application" and "use_cases" in parts and name[:1].islower()
        return "case" if is_function else ""


@dataclass
class _Helper:
    """A function of presentation that a route calls: it may only pass values on, like the route."""

    module: Module
    source: Source
    function: Function
    helpers: set[tuple[str, str]] = field(default_factory=set)

    def findings(self) -> Iterator[Finding]:
        for statement in body_without_docstring(self.function.body):
            yield from self._statement(statement)

    def _statement(self, node: ast.stmt) -> Iterator[Finding]:
        match node:
            case ast.Return(value=value) | ast.Assign(targets=[ast.Name()], value=value):
                yield from values.check(value, self)
            case ast.AnnAssign(target=ast.Name(), value=value):
                yield from values.check(value, self)
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Attribute(attr="headers"))], value=value
            ):
                yield from values.check(value, self)
            case ast.If(test=test, body=body, orelse=[]) if values.is_presence(test):
                for statement in body:
                    yield from self._statement(statement)
            case ast.For(iter=source, body=[ast.Expr(value=ast.Yield(value=value))]):
                yield from values.check(source, self)
                yield from values.check(value, self)
            case ast.AsyncFor(iter=source, body=[ast.Expr(value=ast.Yield(value=value))]):
                yield from values.check(source, self)
                yield from values.check(value, self)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return
            case _:
                yield self.module.find("statement", node)
                for inner in ast.iter_child_nodes(node):
                    if isinstance(inner, ast.stmt):
                        yield from self._statement(inner)

    def call(self, node: ast.Call) -> Iterator[Finding]:
        origin = self.module.origin(node.func)
        if values.computes(origin):
            yield self.module.find("computes", node)
        elif values.looks_up(node, self.module):
            yield self.module.find("chooses", node)
        elif "use_cases" in origin.split("."):
            yield self.module.find("calls", node)
        elif (place := helper(self.source, origin)) is not None:
            self.helpers.add(place)
        elif isinstance(node.func, ast.Attribute):
            yield from values.check(node.func.value, self)
        elif not origin:
            yield self.module.find("calls", node)

    def awaited(self, node: ast.Await) -> Iterator[Finding]:
        yield self.module.find("awaits", node)

    def condition(self, node: ast.IfExp) -> Iterator[Finding]:
        if not values.is_nothing_else(node):
            yield self.module.find("decides", node)


def _helpers(source: Source, called: set[tuple[str, str]]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    while called - seen:
        name, function = min(called - seen)
        seen.add((name, function))
        module = source.module(name)
        if module:
            found = _Helper(module, source, module.functions[function])
            yield from found.findings()
            called |= found.helpers


def helper(source: Source, origin: str) -> tuple[str, str] | None:
    """Return module and name of a function of presentation that is not a provider, or nothing."""
    defined = source.defining(origin) if origin.startswith("presentation.") else None
    if defined is None or defined[1] not in defined[0].functions:
        return None
    module, name = defined
    in_deps = f"{module.name}.".startswith("presentation.deps.")
    return None if in_deps or is_route(module.functions[name]) else (module.name, name)


def _makes_an_input(origin: str) -> bool:
    """Whether this is a class of application or schemas, or a method that creates one."""
    layer, *parts = origin.split(".")
    return layer in ("application", "schemas") and any(part[:1].isupper() for part in parts[-2:])


def _is_lookup(node: ast.expr) -> bool:
    """`STATUS[result.outcome]`: a status for each outcome, from a table beside the routes."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Attribute()):
            return name.isupper()
        case _:
            return False


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
