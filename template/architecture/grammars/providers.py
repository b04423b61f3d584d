"""What a provider of `presentation.deps` may contain: it returns what was built, or one result.

    async def get_account(request: Request) -> Account:
        account: Account = request.app.state.account
        return account

    async def get_caller(request: Request, token: TokenDep) -> UserOutput:
        login: Login = request.app.state.login
        return await login.authenticate(token)

A function is a provider if `Depends` or `Security` uses it, if it is named like one, if it is nested in
another function, or if a provider calls it. After a `yield`, it may close what it opened before. It may omit
an absent value, `UserId.parse(x) if x else None`, and refuse a request without a header,
`if header is None: raise HTTPException(...)`. Functions that wire the service at startup are not providers,
and may read the settings.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from architecture.grammars import values
from architecture.grammars.ports import is_port
from architecture.grammars.source import (
    Function,
    Module,
    body_without_docstring,
    head,
    parameters,
    plain_type,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding, Source

KINDS = values.KINDS | words("statement second port plain unnamed method session")
OPTIONS = words("")

DEPENDS = words(
    "fastapi.Depends fastapi.Security fastapi.params.Depends fastapi.params.Security"
    " fastapi.param_functions.Depends fastapi.param_functions.Security"
)
_NAMED_LIKE_ONE = re.compile(r"(get|provide|require)_")
_SESSION = re.compile(r"\b(Async|Read|Write|Autocommit)?Session\b|\bAsyncConnection\b")
_FACTORY = re.compile(r"\w*sessionmaker\[[^]]*\]")


def findings(source: Source, _options: dict[str, Any]) -> Iterator[Finding]:
    modules = list(source.modules("presentation.deps"))
    asked_for = {
        place
        for module in modules
        for call in _asks(module)
        for place in [source.defining(module.origin(provider(call) or ast.Constant(None)))]
        if place
    }
    wanted = {
        (module.name, name)
        for module in modules
        for name, function in module.functions.items()
        if (module, name) in asked_for
        or _NAMED_LIKE_ONE.match(name)
        or _Provider(module, source, function).waits_for_a_use_case()
    }
    for module in modules:
        yield from _classes(module)
        for call in _asks(module):
            yield from _unnamed(source, module, call)
        for name, function in module.functions.items():
            if (module.name, name) in wanted and isinstance(function, ast.FunctionDef):
                yield module.find("plain", head(function))
            for inner in ast.walk(function):
                if inner is not function and isinstance(inner, Function):
                    yield from _Provider(module, source, inner).findings()
        for node in module.nodes:
            if isinstance(node, ast.Lambda):
                yield module.find("unnamed", node)
    yield from _bodies(source, wanted)


def provider(call: ast.Call) -> ast.expr | None:
    """Return the provider that `Depends` names."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == "dependency"]
    return (*call.args, *named, None)[0]


def _asks(module: Module) -> Iterator[ast.Call]:
    for node in module.nodes:
        if isinstance(node, ast.Call) and module.origin(node.func) in DEPENDS:
            yield node


def _classes(module: Module) -> Iterator[Finding]:
    """Yield the methods of classes: they would be misplaced use cases or adapters."""
    for kind in module.classes.values():
        for node in kind.body:
            if isinstance(node, Function):
                yield module.find("method", head(node))


def _unnamed(source: Source, module: Module, call: ast.Call) -> Iterator[Finding]:
    """A class, the result of a call, a use case, or nothing, which means the annotated class."""
    asked = provider(call)
    defined = source.defining(module.origin(asked)) if asked else None
    if defined and not f"{defined[0].name}.".startswith("presentation.deps."):
        yield module.find("unnamed", call)
        return
    match asked:
        case None:
            yield module.find("unnamed", call)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name[:1].isupper():
            yield module.find("unnamed", call)
        case ast.Call(func=func) if not module.origin(func).startswith("fastapi.security."):
            yield module.find("unnamed", call)


def _bodies(source: Source, wanted: set[tuple[str, str]]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    while wanted - seen:
        place = min(wanted - seen)
        seen.add(place)
        module = source.module(place[0])
        if module and place[1] in module.functions:
            found = _Provider(module, source, module.functions[place[1]])
            yield from found.findings()
            wanted |= found.called


@dataclass
class _Provider:
    module: Module
    source: Source
    function: Function
    called: set[tuple[str, str]] = field(default_factory=set)
    _cases: list[ast.expr] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._types = {arg.arg: plain_type(arg.annotation) for arg in parameters(self.function)}
        self._headers = {
            arg.arg
            for arg in parameters(self.function)
            if arg.annotation and re.search(r"\b(Header|Cookie)\(", ast.unparse(arg.annotation))
        }
        self._made: set[str] = set()
        for node in ast.walk(self.function):
            match node:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                    self._types[name] = plain_type(annotation)
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                    if self.module.origin(func).startswith("presentation.deps."):
                        self._made.add(name)

    def waits_for_a_use_case(self) -> bool:
        """Whether the function awaits a use case, and so may do nothing else, whatever its name."""
        list(self._block(body_without_docstring(self.function.body)))
        return bool(self._cases)

    def findings(self) -> Iterator[Finding]:
        returns = ast.unparse(self.function.returns) if self.function.returns else ""
        if _SESSION.search(_FACTORY.sub("", returns)):
            yield self.module.find("session", head(self.function))
        yield from self._block(body_without_docstring(self.function.body))
        for case in self._cases[1:]:
            yield self.module.find("second", case)

    def _block(self, body: list[ast.stmt]) -> Iterator[Finding]:
        for statement in body:
            yield from self._statement(statement)

    def _statement(self, node: ast.stmt) -> Iterator[Finding]:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return
            case ast.Return(value=value) | ast.Assign(targets=[ast.Name()], value=value):
                yield from values.check(value, self)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=value) if all(
                isinstance(name, ast.Name) for name in names
            ):
                yield from values.check(value, self)
            case ast.AnnAssign(target=ast.Name(), value=value):
                yield from values.check(value, self)
            case ast.Expr(value=ast.Yield(value=value)):
                yield from values.check(value, self)
            case ast.Expr(value=value):
                yield from values.check(value, self)
            case ast.AsyncWith(items=items, body=body) | ast.With(items=items, body=body):
                for item in items:
                    yield from values.check(item.context_expr, self)
                yield from self._block(body)
            case ast.Try(handlers=[], orelse=[], body=body, finalbody=last):
                yield from self._block(body)
                yield from self._block(last)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return  # checked as a provider
            case ast.If(
                test=ast.Compare(left=ast.Name(id=name)) as test, body=[refusal], orelse=[]
            ) if name in self._headers and values.is_absence(test):
                if not self._is_http_refusal(refusal):
                    yield self.module.find("statement", node)
            case _:
                yield self.module.find("statement", node)

    def _is_http_refusal(self, node: ast.stmt) -> bool:
        match node:
            case ast.Raise(exc=ast.Call(func=func)):
                return self.module.origin(func).endswith(".HTTPException")
            case _:
                return False

    def call(self, node: ast.Call) -> Iterator[Finding]:
        origin = self.module.origin(node.func)
        defined = self.source.defining(origin)
        if values.computes(origin):
            yield self.module.find("computes", node)
        elif values.looks_up(node, self.module):
            yield self.module.find("chooses", node)
        elif defined and defined[0].name.startswith("presentation.deps"):
            if defined[1] in defined[0].functions:
                self.called.add((defined[0].name, defined[1]))
        elif not origin and isinstance(node.func, ast.Attribute):
            yield from values.check(node.func.value, self)
        elif not origin:
            yield self.module.find("calls", node)

    def awaited(self, node: ast.Await) -> Iterator[Finding]:
        match node.value:
            case ast.Call(func=func) as call:
                yield from self._waits_for(node, func)
                yield from values.arguments(call, self)
            case _:
                yield self.module.find("awaits", node)

    def _waits_for(self, node: ast.Await, func: ast.expr) -> Iterator[Finding]:
        origin = self.module.origin(func)
        match func:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if self._types.get(name):
                annotation = self._types[name]
                if annotation is None or self.module.origin(annotation).endswith(".Request"):
                    return
                if attribute in ("close", "aclose"):
                    return
                if is_port(self.source, self.module, annotation, attribute):
                    yield self.module.find("port", node)
                else:
                    self._cases.append(node)
            case _ if origin.startswith("presentation."):
                defined = self.source.defining(origin)
                if defined and defined[1] in defined[0].functions:
                    self.called.add((defined[0].name, defined[1]))
            case _ if "use_cases" in origin.split(".") or _is_state(func):
                self._cases.append(node)
            case ast.Attribute(value=ast.Name(id=name)) if name in self._made:
                self._cases.append(node)
            case ast.Attribute(attr="close" | "aclose"):
                return
            case _:
                yield self.module.find("awaits", node)

    def condition(self, node: ast.IfExp) -> Iterator[Finding]:
        if values.is_nothing_else(node):
            yield from values.check(node.body, self)
            yield from values.check(node.orelse, self)
        else:
            yield self.module.find("decides", node)


def _is_state(func: ast.expr) -> bool:
    """`request.app.state.login.authenticate`"""
    return ".app.state." in ast.unparse(func)
