"""Where errors are handled, and where their messages must not go."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mypy.types import AnyType, CallableType, Instance, LiteralType, TupleType

from architecture.typed.calls import arguments
from architecture.typed.kinds import (
    alternatives,
    awaited,
    bases,
    class_itself,
    class_of,
    descends,
    from_elsewhere,
    is_any,
    is_none,
    is_object,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.nodes import TypeInfo
    from mypy.types import Type

    from architecture.typed.service import Found, Module, Service

Function = ast.FunctionDef | ast.AsyncFunctionDef

_BROAD = {"builtins.Exception", "builtins.BaseException"}
_GROUPS = {"builtins.ExceptionGroup", "builtins.BaseExceptionGroup"}
_REPO = "application.errors.RepoError"
_APP = "application.errors.AppError"
_DOMAIN = "domain.shared.DomainError"
_STAGES = {_REPO, _APP, _DOMAIN}
_ABSENCE = {"application.errors.RepoNotFoundError", "application.errors.AppNotFoundError"}
"""Exceptions for something that is absent, which may be a valid answer; a failed look-up may not."""

_OUTSIDE_WORLD = {
    "builtins.OSError",
    "sqlalchemy.exc.SQLAlchemyError",
    "asyncpg.exceptions._base.PostgresError",
    "asyncpg.exceptions._base.InterfaceError",
    "httpx.HTTPError",
    "httpx._exceptions.HTTPError",
}
_PASSED_ON = {"set_exception", "throw", "athrow", "put_exception"}
"""Methods that pass an error to the code that waits for it."""

_STACKS = {"contextlib.ExitStack", "contextlib.AsyncExitStack"}

_LOGS = ("logging.", "structlog.")
_WIRE_ERRORS = (_APP, _DOMAIN)
_TEXT = {
    "args",
    "message",
    "msg",
    "reason",
    "strerror",
    "orig",
    "statement",
    "params",
    "detail",
    "text",
    "doc",
    "body",
    "response",
    "request",
    "__cause__",
    "__context__",
    "__traceback__",
    "__notes__",
    "filename",
    "title",
}
_TEXT_MAKERS = {"builtins.str", "builtins.repr", "builtins.ascii", "builtins.format"}
_ASKING = {"builtins.isinstance", "builtins.type", "builtins.getattr", "builtins.hasattr"}
_OURS = ("domain.", "application.")


def handlers(module: Module, service: Service) -> Iterator[Found]:
    """Yield handlers that hide the failure."""
    for handler in module.find(ast.ExceptHandler):
        if what := _swallows(module, handler):
            yield module.found(handler, what)


def suppressed(module: Module, service: Service) -> Iterator[Found]:
    """Yield uses of `suppress` with more than a single expected error."""
    for call in module.find(ast.Call):
        if module.name_of(call.func) == "contextlib.suppress":
            caught = [info for argument in call.args for info in _caught(module, argument)]
            if what := _too_much(caught):
                yield module.found(call, f"`suppress` of {what}")


def exits(module: Module, service: Service) -> Iterator[Found]:
    """Yield return values of `__exit__` that may be true, which would suppress every error."""
    for function in module.find(ast.FunctionDef, ast.AsyncFunctionDef):
        if function.name in {"__exit__", "__aexit__"}:
            yield from _keeps_quiet(module, function)


def quiet_callbacks(module: Module, service: Service) -> Iterator[Found]:
    """Yield `stack.push(lambda *exc: True)`, and an `__exit__` that is defined elsewhere."""
    for call in module.find(ast.Call):
        pushes = isinstance(call.func, ast.Attribute) and call.func.attr in {
            *("push", "push_async_exit")
        }
        stack = module.type_of(call.func.value) if isinstance(call.func, ast.Attribute) else None
        if pushes and descends(stack, _STACKS):
            for argument in call.args:
                callback = module.type_of(argument)
                if isinstance(callback, CallableType) and not is_none(awaited(callback.ret_type)):
                    yield module.found(
                        call, f"`{ast.unparse(call)}`: if true, the error is suppressed"
                    )
    for definition in module.find(ast.ClassDef):
        for node in definition.body:
            names = [ast.unparse(t) for t in node.targets] if isinstance(node, ast.Assign) else []
            if {"__exit__", "__aexit__"} & set(names):
                yield module.found(node, f"`{names[0]}` is defined elsewhere, and may return true")


def texts(module: Module, service: Service) -> Iterator[Found]:
    """Yield the text of exceptions, except where it is logged."""
    for node, what in _texts(module):
        if not _is_logged(module, node):
            yield module.found(node, what)


def quoted(module: Module, service: Service) -> Iterator[Found]:
    """Yield the text of an exception in an error for the caller."""
    for call in module.find(ast.Call):
        made = class_itself(module.type_of(call.func))
        if any(bases(info) & set(_WIRE_ERRORS) for info in made):
            yield from _quotes(module, call)


def _swallows(module: Module, handler: ast.ExceptHandler) -> str:
    caught = _caught(module, handler.type)
    named = ", ".join(info.name for info in caught) or "everything"
    if _raises(module, handler.body) or _passes_on(module, handler):
        return ""
    if handler.type is None or any(info.fullname in _BROAD | _GROUPS for info in caught):
        return f"`except` of {named}, which does not raise on every path"
    if handler.type is not None and not caught and not _is_of_elsewhere(module, handler.type):
        return "`except` of an unknown type, which does not raise on every path"
    if _around_a_yield(module, handler):
        return f"a context manager that suppresses {named}"
    if _only_parses(module, handler):
        return ""  # for example, that a text is not an e-mail address is a valid answer
    if (value := _made_into(module, handler)) and (what := _failure(module, caught)):
        return f"{what} is turned into {value}"
    return ""


def _is_of_elsewhere(module: Module, node: ast.expr) -> bool:
    """Tell whether this is an error of a package that is not installed."""
    kinds = alternatives(module.type_of(node))
    return any(isinstance(kind, AnyType) and from_elsewhere(kind) for kind in kinds)


def _only_parses(module: Module, handler: ast.ExceptHandler) -> bool:
    """Tell whether the `try` only creates a value: `Email.parse(raw)`."""
    attempt = module.parents[handler]
    tried = attempt.body if isinstance(attempt, ast.Try | ast.TryStar) else []
    calls = [node for part in tried for node in ast.walk(part) if isinstance(node, ast.Call)]
    return bool(calls) and all(
        isinstance(call.func, ast.Attribute) and class_itself(module.type_of(call.func.value))
        for call in calls
    )


def _caught(module: Module, node: ast.expr | None) -> list[TypeInfo]:
    """Return the classes that are caught, through aliases and tuples."""
    if node is None:
        return []
    if isinstance(node, ast.Tuple):
        return [info for part in node.elts for info in _caught(module, part)]
    if isinstance(node, ast.Starred):
        return _caught(module, node.value)
    classes = class_itself(module.type_of(node))
    for kind in alternatives(module.type_of(node)):
        match kind:
            case TupleType(items=items):
                classes += [info for item in items for info in class_itself(item)]
            case Instance(args=args):
                classes += [info for arg in args for info in class_itself(arg)]
    return classes


def _failure(module: Module, caught: list[TypeInfo]) -> str:
    """Return the first class that means a failure, and not just an absent value."""
    for info in caught:
        names = bases(info)
        failed = names & (_OUTSIDE_WORLD | {_REPO, _APP})
        if failed and not names & _ABSENCE:
            return info.name
        if _DOMAIN in names and module.layer in {"application", "presentation"}:
            return info.name
    return ""


def _too_much(caught: list[TypeInfo]) -> str:
    roots = _BROAD | _GROUPS | _STAGES | _OUTSIDE_WORLD
    unavailable = "UnavailableError"
    return next((i.name for i in caught if i.fullname in roots or i.name.endswith(unavailable)), "")


def _raises(module: Module, body: list[ast.stmt]) -> bool:
    """Tell whether every path through these statements raises an error."""
    for statement in body:
        match statement:
            case ast.Raise():
                return True
            case ast.Return() | ast.Break() | ast.Continue():
                return False
            case ast.Expr(value=value) if _never_returns(module, value):
                return True
            case ast.If(body=then, orelse=other):
                if _raises(module, then) and _raises(module, other):
                    return True
                if _leaves(then) or _leaves(other):
                    return False
            case ast.With(body=inner) | ast.AsyncWith(body=inner):
                if _raises(module, inner):
                    return True
            case ast.Try(body=inner, handlers=handlers, finalbody=final):
                if _raises(module, final) or (
                    _raises(module, inner) and all(_raises(module, h.body) for h in handlers)
                ):
                    return True
            case ast.Match(cases=cases):
                if _exhaustive(cases) and all(_raises(module, case.body) for case in cases):
                    return True
            case ast.For() | ast.While() | ast.AsyncFor():
                if _leaves([statement]):
                    return False
    return False


def _leaves(body: list[ast.stmt]) -> bool:
    """Tell whether a path through these statements leaves the handler without an error."""
    ways = (ast.Return, ast.Break, ast.Continue)
    return any(isinstance(node, ways) for statement in body for node in ast.walk(statement))


def _exhaustive(cases: list[ast.match_case]) -> bool:
    last = cases[-1]
    return last.guard is None and isinstance(last.pattern, ast.MatchAs) and not last.pattern.pattern


def _never_returns(module: Module, value: ast.expr) -> bool:
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call):
        return False
    callee = module.type_of(call.func)
    return isinstance(callee, CallableType) and "Never" in str(callee.ret_type)


def _passes_on(module: Module, handler: ast.ExceptHandler) -> bool:
    """Tell whether the error is passed to the code that waits for it: `future.set_exception(exc)`."""
    for statement in handler.body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=attr), args=args)):
                given = [a.id for a in args if isinstance(a, ast.Name)]
                if attr in _PASSED_ON and handler.name in given:
                    return True
    return False


def _around_a_yield(module: Module, handler: ast.ExceptHandler) -> bool:
    function = module.function_around(handler)
    managers = {"contextlib.contextmanager", "contextlib.asynccontextmanager"}
    if function is None or not any(module.name_of(d) in managers for d in function.decorator_list):
        return False
    attempt = module.parents[handler]
    tried = attempt.body if isinstance(attempt, ast.Try | ast.TryStar) else []
    return any(isinstance(node, ast.Yield) for part in tried for node in ast.walk(part))


def _made_into(module: Module, handler: ast.ExceptHandler) -> str:
    """Return the constant or empty value that the handler turns a failure into."""
    if not any(_has_effect(module, statement) for statement in handler.body):
        return "nothing"
    if any(isinstance(node, ast.Raise) for s in handler.body for node in ast.walk(s)):
        return ""
    for statement in handler.body:
        for node in ast.walk(statement):
            match node:
                case ast.Return(value=None):
                    return "`None`"
                case ast.Return(value=ast.expr() as value) if _is_empty(module, value):
                    return f"`{ast.unparse(value)}`"
                case ast.Assign(value=value) if _is_empty(module, value):
                    return f"`{ast.unparse(value)}`"
                case ast.AnnAssign(value=ast.expr() as value) if _is_empty(module, value):
                    return f"`{ast.unparse(value)}`"
    return ""


def _has_effect(module: Module, statement: ast.stmt) -> bool:
    """Tell whether a statement does more than logging, raising, or continuing."""
    if isinstance(statement, ast.If):
        return any(_has_effect(module, inner) for inner in (*statement.body, *statement.orelse))
    passing = (ast.Raise, ast.Pass, ast.Continue, ast.Break)
    return not (isinstance(statement, passing) or _says(statement))


def _says(statement: ast.stmt) -> bool:
    """Tell whether the statement only produces output: a log, a print, a string."""
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    if isinstance(value, ast.Constant):
        return True
    if isinstance(value, ast.Await):
        return False
    return isinstance(value, ast.Call) and (
        "log" in ast.unparse(value.func).lower() or ast.unparse(value.func) == "print"
    )


def _is_empty(module: Module, value: ast.expr) -> bool:
    match value:
        case ast.Constant():
            return True
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return all(_is_empty(module, part) for part in parts)
        case ast.Dict(values=parts):
            return all(_is_empty(module, part) for part in parts)
        case ast.UnaryOp(operand=operand):
            return _is_empty(module, operand)
        case ast.Call(args=args, keywords=keywords):
            given = [*args, *(keyword.value for keyword in keywords)]
            made = class_itself(module.type_of(value.func))
            return bool(made) and all(_is_empty(module, part) for part in given)
        case ast.IfExp(body=one, orelse=other):
            return _is_empty(module, one) and _is_empty(module, other)
        case ast.Name(id=name):
            return name.isupper() or (name.startswith("_") and name[1:].isupper())
        case ast.Attribute(attr=name):
            return name.isupper()
    return False


def _keeps_quiet(module: Module, function: Function) -> Iterator[Found]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Return) or module.function_around(node) is not function:
            continue
        if node.value is None or is_none(module.type_of(node.value)):
            continue
        kind = module.type_of(node.value)
        literal = kind.last_known_value if isinstance(kind, Instance) else kind
        if isinstance(literal, LiteralType) and literal.value is False:
            continue
        if _asks_super(node.value):
            continue
        yield module.found(
            node,
            f"`{function.name}` returns `{ast.unparse(node.value)}`: if true, the error is suppressed",
        )


def _asks_super(value: ast.expr) -> bool:
    return "super()." in ast.unparse(value)


def _texts(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """Yield every expression that is the text of an exception, or contains it."""
    for call in module.find(ast.Call):
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        quoted = [argument for argument in given if _is_exception(module, argument)]
        if module.name_of(call.func) in _ASKING:
            continue
        makes_text = module.name_of(call.func) in _TEXT_MAKERS or (
            isinstance(call.func, ast.Attribute)
            and (call.func.attr == "format" or call.func.attr in {"__str__", "__repr__"})
        )
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"__str__", "__repr__"}:
            quoted += [call.func.value] if _is_exception(module, call.func.value) else []
        if (quoted and makes_text) or (
            module.name_of(call.func) in {"builtins.map"} and _maps_exception(module, call)
        ):
            yield call, f"`{ast.unparse(call)}`, the text of an exception"
        else:
            for argument, formal in arguments(module, call):
                if argument in quoted and (_goes_to_the_wire(module, call) or _anything(formal)):
                    yield argument, f"`{ast.unparse(argument)}`, an exception, is turned into text"
        if module.name_of(call.func).startswith("traceback.") or module.name_of(call.func) in {
            "sys.exc_info",
            "sys.exception",
        }:
            yield call, f"`{ast.unparse(call.func)}`, which reveals internals"
    for piece in module.find(ast.FormattedValue):
        if _is_exception(module, piece.value) and not _is_name_of_type(piece.value):
            yield piece, f"`{{{ast.unparse(piece.value)}}}`, the text of an exception"
    for operation in module.find(ast.BinOp):
        if isinstance(operation.op, ast.Mod):
            right = operation.right
            values = right.elts if isinstance(right, ast.Tuple) else [right]
            values = right.values if isinstance(right, ast.Dict) else values
            if any(_is_exception(module, value) for value in values):
                yield operation, f"`{ast.unparse(operation)}`, the text of an exception"
    for node in module.find(ast.Attribute):
        read = node.attr in _TEXT and isinstance(node.ctx, ast.Load)
        if read and _is_foreign_exception(module, node.value):
            yield node, f"`{ast.unparse(node)}`, a message that a library wrote for the log"


def _anything(formal: Type | None) -> bool:
    """Tell whether a parameter accepts any type, and so may turn the argument into text."""
    return is_any(formal) or is_object(formal)


def _maps_exception(module: Module, call: ast.Call) -> bool:
    return any(
        isinstance(node, ast.Attribute) and _is_exception(module, node.value)
        for argument in call.args
        for node in ast.walk(argument)
    )


def _is_name_of_type(value: ast.expr) -> bool:
    return isinstance(value, ast.Attribute) and value.attr == "__name__"


def _goes_to_the_wire(module: Module, call: ast.Call) -> bool:
    classes = class_itself(module.type_of(call.func))
    wire = {"starlette.exceptions.HTTPException", "starlette.responses.Response", *_WIRE_ERRORS}
    return any(bases(info) & wire for info in classes)


def _is_exception(module: Module, node: ast.expr) -> bool:
    return any(
        "builtins.BaseException" in bases(info)
        for kind in alternatives(module.type_of(node))
        if (info := class_of(kind))
    )


def _is_foreign_exception(module: Module, node: ast.expr) -> bool:
    """Tell whether this is an exception with a message that is not our own."""
    allowed = {"starlette.exceptions.HTTPException", "fastapi.exceptions.HTTPException"}
    return any(
        "builtins.BaseException" in bases(info)
        and not info.fullname.startswith(_OURS)
        and not bases(info) & allowed
        for kind in alternatives(module.type_of(node))
        if (info := class_of(kind))
    )


def _is_logged(module: Module, node: ast.AST) -> bool:
    """Tell whether this is passed to a log, and to nothing else."""
    for outer in module.above(node):
        if isinstance(outer, ast.stmt):
            return False
        if isinstance(outer, ast.Call) and isinstance(outer.func, ast.Attribute):
            receiver = module.type_of(outer.func.value)
            names = [info.fullname for k in alternatives(receiver) if (info := class_of(k))]
            called = ast.unparse(outer.func.value).lower()
            if any(name.startswith(_LOGS) for name in names) or (
                is_any(receiver) and "log" in called
            ):
                return True
    return False


def _quotes(module: Module, call: ast.Call) -> Iterator[Found]:
    """Yield the arguments of an error for callers that quote an exception, also through a variable."""
    function = module.function_around(call)
    quoted = {node for node, _ in _texts(module)}
    carriers = {
        target.id
        for node in (ast.walk(function) if function else ())
        if isinstance(node, ast.Assign) and any(part in quoted for part in ast.walk(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        for part in ast.walk(argument):
            if part in quoted or (isinstance(part, ast.Name) and part.id in carriers):
                yield module.found(argument, f"`{ast.unparse(argument)}` quotes an exception")
                break
