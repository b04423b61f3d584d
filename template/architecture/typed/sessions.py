"""Who may do what with a session, known by its type, whatever it is called and wherever it is from.

A session is whatever SQLAlchemy runs statements and transactions with, and a Protocol that a
session would fit: who calls that may be handed one.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mypy.nodes import ARG_STAR, ARG_STAR2
from mypy.subtypes import is_subtype
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    Overloaded,
    ParamSpecType,
    TypeOfAny,
    TypeVarType,
    UnpackType,
    get_proper_type,
)

from architecture import LAYERS
from architecture.typed.kinds import alternatives, class_itself, class_of, descends, is_object
from architecture.typed.texts import constant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.nodes import TypeInfo
    from mypy.types import ProperType, Type

    from architecture.typed.service import Found, Module, Service

_FACTORIES = {
    "sqlalchemy.ext.asyncio.session.async_sessionmaker",
    "sqlalchemy.ext.asyncio.scoping.async_scoped_session",
    "sqlalchemy.orm.session.sessionmaker",
    "sqlalchemy.orm.scoping.scoped_session",
}
_ENGINES = {"sqlalchemy.ext.asyncio.engine.AsyncEngine", "sqlalchemy.engine.base.Engine"}
_ASYNC_SESSION = "sqlalchemy.ext.asyncio.session.AsyncSession"
_SESSIONS = {
    _ASYNC_SESSION,
    "sqlalchemy.ext.asyncio.engine.AsyncConnection",
    "sqlalchemy.orm.session.Session",
    "sqlalchemy.engine.base.Connection",
}
_TRANSACTIONS = {
    "sqlalchemy.ext.asyncio.session.AsyncSessionTransaction",
    "sqlalchemy.ext.asyncio.engine.AsyncTransaction",
    "sqlalchemy.orm.session.SessionTransaction",
    "sqlalchemy.engine.base.Transaction",
}
_DRIVERS = {"asyncpg.connection.Connection", "asyncpg.pool.Pool", "asyncpg.transaction.Transaction"}

_CONTROL = set(
    "begin begin_twophase commit rollback close aclose close_all invalidate reset prepare"
    " commit_prepared rollback_prepared start transaction raw_connection get_raw_connection"
    " connect dispose __aenter__ __aexit__ __enter__ __exit__".split()
)
"""What begins or ends a transaction, or goes behind a session's back to do so."""

_TELLTALE = set(
    "add_all begin_nested commit exec_driver_sql execute expunge expunge_all flush get_one"
    " in_transaction merge refresh rollback run_sync scalar scalars stream_scalars".split()
)
"""What hardly anything but a session has. On something without a type it is taken for one."""

_AMBIGUOUS = {"add", "begin", "delete", "get", "stream"}
"""What other things have, too: on something without a type it tells when it is awaited."""

_BY_NAME = {"builtins.getattr", "operator.attrgetter", "operator.methodcaller"}

_STATEMENT = re.compile(
    r"\s*(begin|commit|rollback|end|start\s+transaction|prepare\s+transaction|set\s+transaction)"
    r"(\s+(work|transaction|prepared)\b.*)?[\s;]*",
    re.IGNORECASE | re.DOTALL,
)


def in_application(service: Service) -> Iterator[Found]:
    """Refuse all that is asked of a session, but to begin a transaction."""
    sessions = _Sessions(service)
    for module in service.of("application"):
        for node, name, owner in sessions.used(module):
            if name == "begin_nested":
                yield module.found(node, f"a savepoint on {owner}; it belongs in the repository")
            elif name == "flush":
                yield module.found(
                    node,
                    f"`flush` on {owner}; a repository flushes what it added, so that the error"
                    " comes from the method that caused it",
                )
            elif name != "begin":
                yield module.found(node, f"`{name}` on {owner}")
        yield from sessions.untyped(module, _TELLTALE, _AMBIGUOUS)
        yield from sessions.handed_on(module)
        for call in module.find(ast.Call):
            if module.name_of(call.func).startswith("sqlalchemy."):
                yield module.found(call, f"`{ast.unparse(call.func)}` of SQLAlchemy")


def in_infrastructure(service: Service) -> Iterator[Found]:
    """Refuse what begins or ends a transaction, and sessions that are made."""
    sessions = _Sessions(service)
    for module in service.of("infrastructure"):
        yield from _control(sessions, module)
        yield from sessions.handed_on(module)
        for call in module.find(ast.Call):
            for argument in _statements(module, call):
                text = constant(module, argument) or ""
                if _STATEMENT.fullmatch(text):
                    yield module.found(argument, f"the statement `{text.strip()}`")
        for node in module.find(ast.Constant):
            if node.value == "AUTOCOMMIT":
                yield module.found(node, "`AUTOCOMMIT`, which commits each statement by itself")


def in_presentation(service: Service) -> Iterator[Found]:
    """Refuse the same there: what hands out a session hands out one that nobody has touched."""
    sessions = _Sessions(service)
    for module in service.of("presentation"):
        yield from _control(sessions, module)


def _control(sessions: _Sessions, module: Module) -> Iterator[Found]:
    for node, name, owner in sessions.used(module):
        if name in _CONTROL:
            yield module.found(node, f"`{name}` on {owner}")
    yield from sessions.untyped(module, {"commit", "rollback"}, {"begin"})
    yield from sessions.made(module)
    for block in module.find(ast.With, ast.AsyncWith):
        for item in block.items:
            entered = item.context_expr
            if isinstance(entered, ast.Call):
                continue  # what it calls is seen by itself
            if owner := sessions.owner(module, entered):
                yield module.found(entered, f"a block that ends with {owner}, which closes it")


class _Sessions:
    def __init__(self, service: Service) -> None:
        info = service.class_named(_ASYNC_SESSION)
        self._session = Instance(info, []) if info else None
        self._lookalikes: dict[str, bool] = {}
        self._all = _FACTORIES | _ENGINES | _SESSIONS | _TRANSACTIONS | _DRIVERS

    def owner(self, module: Module, node: ast.expr) -> str:
        """Return what a session is called in a message, or nothing if this is none."""
        found = module.type_of(node)
        for kind in alternatives(found):
            info = class_of(kind)
            if info and self._is_session(info):
                return f"`{ast.unparse(node)}`, which is {_article(info.name)}"
        if any(self._is_session(info) for info in class_itself(found)):
            return f"`{ast.unparse(node)}` itself"
        return ""

    def used(self, module: Module) -> Iterator[tuple[ast.expr, str, str]]:
        """Yield whatever is asked of a session: where, its name, and what it is asked of."""
        for node in module.find(ast.Attribute):
            if owner := self.owner(module, node.value):
                yield node, node.attr, owner
        for call in module.find(ast.Call):
            if module.name_of(call.func) == "builtins.getattr" and call.args:
                owner = self.owner(module, call.args[0])
                name = constant(module, call.args[1]) if len(call.args) > 1 else None
                if owner:
                    yield call, name or "getattr", owner
        for pattern in module.find(ast.MatchClass):
            names = [name for name in pattern.kwd_attrs if name in _TELLTALE | _CONTROL]
            for name in names:
                yield pattern.cls, name, f"`{ast.unparse(pattern.cls)}`"

    def untyped(
        self, module: Module, telltale: set[str], if_awaited: set[str]
    ) -> Iterator[Found]:
        """Yield what only a session has, where nobody can tell whose it is."""
        for node in module.find(ast.Attribute):
            if not _without_type(module.type_of(node.value)):
                continue
            if node.attr in telltale or (node.attr in if_awaited and _awaited(module, node)):
                yield module.found(
                    node,
                    f"`{node.attr}` on `{ast.unparse(node.value)}`, which has no type: it could be"
                    " a session",
                )
        for call in module.find(ast.Call):
            if module.name_of(call.func) in _BY_NAME:
                texts = {constant(module, argument) or "" for argument in call.args}
                for name in sorted(texts & (telltale | if_awaited | _CONTROL)):
                    yield module.found(call, f"`{name}`, by its name: it could be a session's")

    def made(self, module: Module) -> Iterator[Found]:
        for call in module.find(ast.Call):
            made = module.type_of(call)
            callee = module.type_of(call.func)
            factory = descends(callee, _FACTORIES) or any(
                bases & (_SESSIONS | _FACTORIES)
                for info in class_itself(callee)
                if (bases := {base.fullname for base in info.mro})
            )
            if factory and made is not None:
                yield module.found(call, f"a session that is made by `{ast.unparse(call.func)}`")
        for imported in module.find(ast.ImportFrom):
            for alias in imported.names:
                if alias.name in {"async_sessionmaker", "sessionmaker", "async_scoped_session"}:
                    if module.layer == "infrastructure":
                        yield module.found(imported, f"`{alias.name}`, which makes sessions")
            if imported.module == "infrastructure.persistence.database":
                if module.layer == "infrastructure":
                    yield module.found(imported, "the engine's own module")

    def handed_on(self, module: Module) -> Iterator[Found]:
        """Yield where a session becomes something whose type does not say so."""
        for call in module.find(ast.Call):
            for argument, formal in _arguments(module, call):
                if (owner := self._instance(module, argument)) and not self._keeps(formal):
                    yield module.found(
                        argument, f"{owner}, handed to `{ast.unparse(call.func)}` without its type"
                    )
        for node in module.find(ast.Assign, ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if node.value and (owner := self._instance(module, node.value)):
                for target in targets:
                    kind = module.type_of(target)
                    if kind is not None and not self._keeps(kind):
                        yield module.found(node, f"{owner}, kept without its type")
        for display in module.find(ast.Dict, ast.List):
            values = display.values if isinstance(display, ast.Dict) else display.elts
            kind = module.type_of(display)
            if isinstance(kind, Instance) and any(not self._keeps(a) for a in kind.args[-1:]):
                for value in values:
                    if value and (owner := self._instance(module, value)):
                        yield module.found(value, f"{owner}, kept without its type")
        for returned in module.find(ast.Return):
            function = module.function_around(returned)
            if returned.value and function and (owner := self._instance(module, returned.value)):
                signature = module.function(function)
                declared = get_proper_type(signature.type) if signature else None
                if isinstance(declared, CallableType) and self._widens(declared.ret_type):
                    yield module.found(returned, f"{owner}, returned without its type")

    def _instance(self, module: Module, node: ast.expr) -> str:
        found = module.type_of(node)
        if descends(found, self._all - _ENGINES) and not class_itself(found):
            return self.owner(module, node)
        return ""

    def _keeps(self, formal: Type | None) -> bool:
        """Tell whether who takes this knows that it is a session."""
        return any(
            isinstance(kind, TypeVarType | ParamSpecType | UnpackType)
            or ((info := class_of(kind)) is not None and self._is_session(info))
            for kind in _own_alternatives(formal)
        )

    def _widens(self, declared: Type) -> bool:
        return any(isinstance(k, AnyType) or is_object(k) for k in alternatives(declared))

    def _is_session(self, info: TypeInfo) -> bool:
        return any(base.fullname in self._all for base in info.mro) or self._looks_alike(info)

    def _looks_alike(self, info: TypeInfo) -> bool:
        """Tell whether this is a Protocol of ours that a session fits."""
        if info.fullname not in self._lookalikes:
            self._lookalikes[info.fullname] = (
                info.is_protocol
                and info.module_name.partition(".")[0] in LAYERS
                and bool(set(info.protocol_members) & (_TELLTALE | _CONTROL))
                and self._session is not None
                and is_subtype(self._session, _filled(info))
            )
        return self._lookalikes[info.fullname]


def _own_alternatives(formal: Type | None) -> list[ProperType]:
    proper = get_proper_type(formal)
    if isinstance(proper, TypeVarType | ParamSpecType | UnpackType):
        return [proper]
    items = getattr(proper, "items", None)
    return [get_proper_type(item) for item in items] if items else alternatives(proper)


def _filled(info: TypeInfo) -> Instance:
    return Instance(info, [AnyType(TypeOfAny.special_form)] * len(info.type_vars))


def _without_type(found: ProperType | None) -> bool:
    """Tell whether this may be anything. What a package that is not installed gives does not count."""
    for kind in alternatives(found):
        if isinstance(kind, AnyType) and not _from_elsewhere(kind):
            return True
    return is_object(found)


def _from_elsewhere(kind: AnyType) -> bool:
    source = kind.source_any or kind
    return source.type_of_any == TypeOfAny.from_unimported_type or bool(source.missing_import_name)


def _awaited(module: Module, node: ast.Attribute) -> bool:
    call = module.parents.get(node)
    outer = module.parents.get(call) if isinstance(call, ast.Call) else None
    return isinstance(outer, ast.Await | ast.withitem)


def _arguments(module: Module, call: ast.Call) -> Iterator[tuple[ast.expr, Type | None]]:
    """Yield each argument with the type that it is taken as."""
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


def _statements(module: Module, call: ast.Call) -> list[ast.expr]:
    """Return what may be a statement: the arguments of `text`, `DDL`, `execute` and the like."""
    name = module.name_of(call.func).rpartition(".")[2]
    asked = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in {"text", "DDL"} or asked in {"execute", "exec_driver_sql", "text", "scalar"}:
        return list(call.args)
    return []


def _article(name: str) -> str:
    return f"an {name}" if name[:1] in "AEIOUa" else f"a {name}"
