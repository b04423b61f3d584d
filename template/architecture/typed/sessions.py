"""What code may do with a session, recognized by its type, whatever its name and origin.

Everything with which SQLAlchemy runs statements and transactions counts as a session. So does a Protocol that
a session satisfies, because the caller may pass a session.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

from mypy.subtypes import is_subtype
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    ParamSpecType,
    TypeOfAny,
    TypeVarType,
    UnpackType,
    get_proper_type,
)

from architecture import LAYERS
from architecture.typed.calls import arguments
from architecture.typed.kinds import (
    alternatives,
    bases,
    class_itself,
    class_of,
    descends,
    from_elsewhere,
    is_object,
)
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

_CONNECTING = {"asyncpg.connection.connect", "asyncpg.pool.create_pool"}
_OWNER = "infrastructure.persistence.database"

_CONTROL = {
    "begin",
    "begin_twophase",
    "commit",
    "rollback",
    "close",
    "aclose",
    "close_all",
    "invalidate",
    "reset",
    "prepare",
    "commit_prepared",
    "rollback_prepared",
    "start",
    "transaction",
    "raw_connection",
    "get_raw_connection",
    "connect",
    "dispose",
    "__aenter__",
    "__aexit__",
    "__enter__",
    "__exit__",
}
"""Operations that begin or end a transaction, or circumvent the session to do so."""

_TELLTALE = {
    "add_all",
    "begin_nested",
    "commit",
    "exec_driver_sql",
    "execute",
    "expunge",
    "expunge_all",
    "flush",
    "get_one",
    "executemany",
    "fetchrow",
    "fetchval",
    "in_transaction",
    "merge",
    "refresh",
    "rollback",
    "run_sync",
    "scalar",
    "scalars",
    "stream_scalars",
}
"""Operations that hardly anything but a session has. On a value without a type, they are refused."""

_AMBIGUOUS = {"add", "begin", "delete", "get", "stream"}
"""Operations that other objects have, too: on a value without a type, refused only as a separate step."""

_BY_NAME = {"builtins.getattr", "operator.attrgetter", "operator.methodcaller"}

_REASONS = {
    "begin_nested": ": a savepoint belongs in the repository",
    "flush": ": a repository flushes its own changes, so that the error is raised by the right method",
}

_STATEMENT = re.compile(
    r"(.*;)?\s*(begin|commit|rollback|abort|end|(start|prepare|set)\s+transaction)\b.*",
    re.IGNORECASE | re.DOTALL,
)


def members(module: Module, service: Service) -> Iterator[Found]:
    """Yield all operations on a session, except beginning a transaction."""
    for node, name, owner in _sessions(service).used(module):
        if name != "begin":
            yield module.found(node, f"`{name}` on {owner}{_REASONS.get(name, '')}")


def control(module: Module, service: Service) -> Iterator[Found]:
    """Yield operations that begin or end a transaction, or a session."""
    sessions = _sessions(service)
    for node, name, owner in sessions.used(module):
        if name in _CONTROL:
            yield module.found(node, f"`{name}` on {owner}")
    for call in module.find(ast.Call):
        closes = module.name_of(call.func) in {"contextlib.closing", "contextlib.aclosing"}
        if closes and any(sessions.instance(module, argument) for argument in call.args):
            yield module.found(call, f"`{ast.unparse(call)}`, which closes a session")
    for block in module.find(ast.With, ast.AsyncWith):
        for item in block.items:
            entered = item.context_expr
            if not isinstance(entered, ast.Call) and (owner := sessions.owner(module, entered)):
                yield module.found(entered, f"a block that ends with {owner}, which closes it")


def untyped(module: Module, service: Service) -> Iterator[Found]:
    """Yield operations of a session on a value without a type, or by name."""
    telltale, if_a_step = _TELLTALE, _AMBIGUOUS
    if module.layer != "application":
        telltale, if_a_step = {"commit", "rollback"}, {"begin"}
    for node in module.find(ast.Attribute):
        if not _without_type(module.type_of(node.value)):
            continue
        if node.attr in telltale or (node.attr in if_a_step and _is_a_step(module, node)):
            asked = f"`{node.attr}` on `{ast.unparse(node.value)}`"
            yield module.found(node, f"{asked}, which has no type and could be a session")


def by_name(module: Module, service: Service) -> Iterator[Found]:
    """Yield `getattr(anything, "commit")` and similar calls."""
    for call in module.find(ast.Call):
        if module.name_of(call.func) in _BY_NAME:
            texts = {constant(module, argument) or "" for argument in call.args}
            for name in sorted(texts & (_TELLTALE | _CONTROL)):
                yield module.found(call, f"`{name}`, by name, possibly on a session")
            if texts == {""} and any(_without_type(module.type_of(a)) for a in call.args[:1]):
                yield module.found(call, f"`{ast.unparse(call)}`, possibly on a session")
    for pattern in module.find(ast.MatchClass):
        for name in pattern.kwd_attrs:
            if name in _TELLTALE | _CONTROL:
                yield module.found(pattern.cls, f"`{name}`, by a pattern, possibly on a session")


def widened(module: Module, service: Service) -> Iterator[Found]:
    """Yield places where a session gets a type that does not show that it is one."""
    sessions = _sessions(service)
    for call in module.find(ast.Call):
        for argument, formal in arguments(module, call):
            owner = sessions.instance(module, argument)
            if owner and not sessions.keeps(formal) and not _enters(module, formal):
                taker = ast.unparse(call.func)
                yield module.found(argument, f"{owner}, passed to `{taker}` without its type")
    for node in module.find(ast.Assign, ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if node.value and (owner := sessions.instance(module, node.value)):
            kinds = [module.type_of(target) for target in targets]
            if any(kind is not None and not sessions.keeps(kind) for kind in kinds):
                yield module.found(node, f"{owner}, stored without its type")
    for display in module.find(ast.Dict, ast.List):
        values = display.values if isinstance(display, ast.Dict) else display.elts
        kind = module.type_of(display)
        if isinstance(kind, Instance) and any(not sessions.keeps(a) for a in kind.args[-1:]):
            for value in values:
                if value and (owner := sessions.instance(module, value)):
                    yield module.found(value, f"{owner}, stored without its type")
    for returned in module.find(ast.Return):
        function = module.function_around(returned)
        if returned.value and function and (owner := sessions.instance(module, returned.value)):
            signature = module.function(function)
            declared = get_proper_type(signature.type) if signature else None
            if isinstance(declared, CallableType) and _without_type(declared.ret_type):
                yield module.found(returned, f"{owner}, returned without its type")


def sqlalchemy_calls(module: Module, service: Service) -> Iterator[Found]:
    """Yield calls of SQLAlchemy, such as `select(...)` and `text(...)`."""
    for call in module.find(ast.Call):
        if module.name_of(call.func).startswith("sqlalchemy."):
            yield module.found(call, f"`{ast.unparse(call.func)}` of SQLAlchemy")


def made(module: Module, service: Service) -> Iterator[Found]:
    """Yield places where a session, or a session factory, is created."""
    for call in module.find(ast.Call):
        callee = module.type_of(call.func)
        classes = class_itself(callee)
        connects = module.name_of(call.func) in _CONNECTING
        calls = descends(callee, _FACTORIES) and not classes
        if connects or calls or any(bases(i) & (_SESSIONS | _FACTORIES) for i in classes):
            yield module.found(call, f"`{ast.unparse(call.func)}` creates a session")
    for imported in module.find(ast.ImportFrom):
        if imported.module == _OWNER and module.layer == "infrastructure":
            yield module.found(imported, "the module that owns the engine")


def statements(module: Module, service: Service) -> Iterator[Found]:
    """Yield statements that begin or end a transaction, and `AUTOCOMMIT`."""
    for call in module.find(ast.Call):
        for argument in _texts(module, call):
            text = constant(module, argument) or ""
            if _STATEMENT.fullmatch(text):
                yield module.found(argument, f"the statement `{text.strip()}`")
    for node in module.find(ast.Constant):
        if node.value == "AUTOCOMMIT":
            yield module.found(node, "`AUTOCOMMIT`, which commits each statement by itself")


@cache
def _sessions(service: Service) -> _Sessions:
    return _Sessions(service)


class _Sessions:
    def __init__(self, service: Service) -> None:
        info = service.class_named(_ASYNC_SESSION)
        self._session = Instance(info, []) if info else None
        self._lookalikes: dict[str, bool] = {}
        self._all = _FACTORIES | _ENGINES | _SESSIONS | _TRANSACTIONS | _DRIVERS

    def owner(self, module: Module, node: ast.expr) -> str:
        """Return the name of a session for a message, or nothing if this is not a session."""
        found = module.type_of(node)
        for kind in alternatives(found):
            info = class_of(kind)
            if info and self._is_session(info):
                return f"`{ast.unparse(node)}`, which is {_article(info.name)}"
        if any(self._is_session(info) for info in class_itself(found)):
            return f"`{ast.unparse(node)}` itself"
        return ""

    def used(self, module: Module) -> Iterator[tuple[ast.expr, str, str]]:
        """Yield all uses of a session: the node, the name, and the session."""
        for node in module.find(ast.Attribute):
            if owner := self.owner(module, node.value) or self._super(module, node.value):
                yield node, node.attr, owner
        for call in module.find(ast.Call):
            if module.name_of(call.func) == "builtins.getattr" and call.args:
                owner = self.owner(module, call.args[0])
                name = constant(module, call.args[1]) if len(call.args) > 1 else None
                if owner:
                    yield call, name or "getattr", owner

    def _super(self, module: Module, node: ast.expr) -> str:
        """Return the type of `super()` in a class that is a session."""
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "super":
            for outer in module.above(node):
                info = module.info(outer) if isinstance(outer, ast.ClassDef) else None
                if info and self._is_session(info):
                    return f"`super()`, since {info.name} is a session"
        return ""

    def instance(self, module: Module, node: ast.expr) -> str:
        found = module.type_of(node)
        if descends(found, self._all - _ENGINES) and not class_itself(found):
            return self.owner(module, node)
        return ""

    def keeps(self, formal: Type | None) -> bool:
        """Tell whether the target's type shows that this is a session."""
        return any(
            isinstance(kind, TypeVarType | ParamSpecType | UnpackType)
            or ((info := class_of(kind)) is not None and self._is_session(info))
            for kind in _own_alternatives(formal)
        )

    def _is_session(self, info: TypeInfo) -> bool:
        return any(base.fullname in self._all for base in info.mro) or self._looks_alike(info)

    def _looks_alike(self, info: TypeInfo) -> bool:
        """Tell whether this is one of our Protocols, and a session satisfies it."""
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


def _enters(module: Module, formal: Type | None) -> bool:
    """Tell whether a use case enters what it has created: `stack.enter_async_context(...)`."""
    managers = {"contextlib.AbstractAsyncContextManager", "contextlib.AbstractContextManager"}
    return module.layer == "application" and descends(formal, managers)


def _filled(info: TypeInfo) -> Instance:
    return Instance(info, [AnyType(TypeOfAny.special_form)] * len(info.type_vars))


def _without_type(found: Type | None) -> bool:
    """Tell whether this may be anything. Values from packages that are not installed do not count."""
    for kind in alternatives(found):
        if isinstance(kind, AnyType) and not from_elsewhere(kind):
            return True
    return is_object(found)


def _is_a_step(module: Module, node: ast.Attribute) -> bool:
    """Tell whether this is a separate step: awaited, entered, or called without using the result."""
    call = module.parents.get(node)
    outer = module.parents.get(call) if isinstance(call, ast.Call) else None
    return isinstance(outer, ast.Await | ast.withitem | ast.Expr)


def _texts(module: Module, call: ast.Call) -> list[ast.expr]:
    """Return possible statements: the arguments of `text`, `DDL`, `execute` and similar functions."""
    name = module.name_of(call.func).rpartition(".")[2]
    asked = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in {"text", "DDL"} or asked in {"execute", "exec_driver_sql", "text", "scalar"}:
        return list(call.args)
    return []


def _article(name: str) -> str:
    return f"an {name}" if name[:1] in "AEIOUa" else f"a {name}"
