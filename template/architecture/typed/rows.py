"""Rows stay in the package that stores them; they are recognized by type, also inside other types.

There are two kinds of checks. The results of a repository must not contain a row, or a value without a type
that could be one. And in a module outside of the row's package, no expression may be a row.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mypy.nodes import Var
from mypy.types import AnyType, CallableType, ProperType, get_proper_type

from architecture.typed.kinds import awaited, bases, class_itself, class_of, is_object, parts, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.nodes import TypeInfo
    from mypy.types import Type

    from architecture.typed.service import Found, Module, Service

_PERSISTENCE = "infrastructure.persistence"
_ROWS = {"sqlalchemy.orm.decl_api.DeclarativeBase", "sqlmodel.main.SQLModel", "sqlmodel.SQLModel"}
_RESULTS = {
    "sqlalchemy.engine.row.Row",
    "sqlalchemy.engine.row.RowMapping",
    "sqlalchemy.engine.row.BaseRow",
    "sqlalchemy.engine.result.Result",
    "sqlalchemy.engine.result.ScalarResult",
    "sqlalchemy.engine.result.MappingResult",
    "sqlalchemy.engine.result.TupleResult",
    "sqlalchemy.ext.asyncio.result.AsyncResult",
}
_TABLES = {
    "sqlalchemy.sql.schema.MetaData",
    "sqlalchemy.sql.schema.Table",
    "sqlalchemy.orm.decl_api.registry",
}
_METADATA = {"sqlalchemy.sql.schema.MetaData", "sqlalchemy.orm.decl_api.registry"}
_NAMESPACES = {"types.SimpleNamespace", "argparse.Namespace"}
_SESSION = "sqlalchemy.ext.asyncio.session.AsyncSession"


def metadata(module: Module, service: Service) -> Iterator[Found]:
    """Yield `Base.metadata`, which gives access to all tables."""
    for node in module.find(ast.Attribute, ast.Name):
        found = module.type_of(node)
        if found and not class_itself(found) and _named(found, _METADATA):
            yield module.found(node, f"`{ast.unparse(node)}`, which gives access to every table")


def outside(module: Module, service: Service) -> Iterator[Found]:
    """Yield rows, results and tables outside of persistence."""
    if module.within(_PERSISTENCE):
        return
    for node in module.find(ast.expr):
        for kind in parts(module.type_of(node)):
            if _is_row(kind) or _named(kind, _RESULTS | _TABLES):
                yield module.found(
                    node, f"`{ast.unparse(node).splitlines()[0]}`, which is {_a(kind)}"
                )
                break


def of_another_package(module: Module, service: Service) -> Iterator[Found]:
    """Yield rows of another package, even if their module is not imported."""
    own = _package(module.name)
    if own == _PERSISTENCE or module.name == f"{_PERSISTENCE}.metadata":
        return
    for node in module.find(ast.Attribute, ast.Name):
        for kind in parts(module.type_of(node)):
            info = class_of(kind)
            if info and _is_row(kind) and _package(info.module_name) not in (own, _PERSISTENCE):
                yield module.found(node, f"`{info.name}`, a row of {_package(info.module_name)}")


def handed_out(module: Module, service: Service) -> Iterator[Found]:
    """Yield results of a repository that are a row, contain one, or could contain one."""
    if not module.within(_PERSISTENCE):
        return
    for function in module.find(ast.FunctionDef, ast.AsyncFunctionDef):
        if _is_private(module, function):
            continue
        signature = module.function(function)
        kind = get_proper_type(signature.type) if signature else None
        if not isinstance(kind, CallableType) or not _queries(function, kind):
            continue
        if what := _hidden_row(kind.ret_type):
            yield module.found(function, f"`{function.name}` returns {what}")
        for node in ast.walk(function):
            if module.function_around(node) is not function:
                continue
            if isinstance(node, ast.Return | ast.Yield) and node.value:
                yield from _given_away(module, node.value)
            if isinstance(node, ast.Call):
                yield from _given_to_a_caller(module, function, node)
            if isinstance(node, ast.Assign):
                yield from _kept(module, node)


def _given_away(module: Module, value: ast.expr) -> Iterator[Found]:
    for kind in parts(module.type_of(value)):
        if _is_row(kind) or _named(kind, _RESULTS):
            yield module.found(value, f"{_a(kind)} is returned")
            return


def _given_to_a_caller(
    module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call
) -> Iterator[Found]:
    """Yield rows that are put into, or passed to, an object of the caller."""
    given = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
    outermost = call.func
    while isinstance(outermost, ast.Attribute):
        outermost = outermost.value
    is_given = isinstance(outermost, ast.Name) and outermost.id in given - {"self", "cls"}
    if not is_given or any(_SESSION in _bases(k) for k in parts(module.type_of(outermost))):
        return
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        if _carries_row(module.type_of(argument)):
            yield module.found(argument, f"a row is passed to `{ast.unparse(call.func)}`")


def _carries_row(found: ProperType | None) -> bool:
    """Tell whether this is or contains rows; statements and row classes do not count."""
    info = class_of(found) if found else None
    about = bool(class_itself(found)) or (info and info.module_name.startswith("sqlalchemy.sql."))
    return not about and any(_is_row(k) or _named(k, _RESULTS) for k in parts(found))


def _kept(module: Module, node: ast.Assign) -> Iterator[Found]:
    for target in node.targets:
        public = isinstance(target, ast.Attribute) and not target.attr.startswith("_")
        if public and _carries_row(module.type_of(node.value)):
            yield module.found(node, f"a row is stored in `{ast.unparse(target)}`")


def _is_private(module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    around = [function, *(n for n in module.above(function) if isinstance(n, ast.ClassDef))]
    nested = module.function_around(function) is not None
    return nested or any(node.name.startswith("_") for node in around)


def _queries(function: ast.FunctionDef | ast.AsyncFunctionDef, kind: CallableType) -> bool:
    """Tell whether this queries the database, unlike a mapping function, which only takes a row."""
    awaits = any("Awaitable" in b or "Coroutine" in b for b in _bases_of_all(kind.ret_type))
    takes_session = any(_SESSION in _bases_of_all(formal) for formal in kind.arg_types)
    return isinstance(function, ast.AsyncFunctionDef) or awaits or takes_session


def _hidden_row(declared: Type) -> str:
    """Return what is wrong with the type of a result, or nothing."""
    answer = awaited(declared)
    for kind in parts(answer):
        if _is_row(kind) or _named(kind, _RESULTS | _TABLES):
            return _a(kind)
        if isinstance(kind, AnyType) or is_object(kind) or _named(kind, _NAMESPACES):
            return f"`{shown(answer)}`, which could contain a row"
        info = class_of(kind)
        if info and (field := _field_with_row(info)):
            return f"`{info.name}`, whose `{field}` contains a row"
    return ""


def _field_with_row(info: TypeInfo) -> str:
    if info.module_name.partition(".")[0] not in {"domain", "application", "infrastructure"}:
        return ""
    for name, symbol in info.names.items():
        if isinstance(symbol.node, Var) and any(
            _is_row(k) or _named(k, _RESULTS) for k in parts(symbol.node.type)
        ):
            return name
    return ""


def _is_row(kind: ProperType) -> bool:
    """Tell whether this is a row, or a row class."""
    classes = [*([info] if (info := class_of(kind)) else []), *class_itself(kind)]
    return any(
        bases(info) & _ROWS or (info.fallback_to_any and _declares_a_table(info))
        for info in classes
    )


def _declares_a_table(info: TypeInfo) -> bool:
    """Recognize a row class by its content, if the type of its base class is unknown."""
    names = [getattr(base, "name", "") for base in info.defn.base_type_exprs]
    return "SQLModel" in names or "__tablename__" in info.names


def _named(kind: ProperType, names: set[str]) -> bool:
    return bool(_bases(kind) & names)


def _bases(kind: ProperType) -> set[str]:
    info = class_of(kind)
    return bases(info) if info else set()


def _bases_of_all(found: Type) -> set[str]:
    return {name for kind in parts(found) for name in _bases(kind)}


def _package(module: str) -> str:
    """Return the package of a context: `infrastructure.persistence.ordering`."""
    names = module.split(".")
    return ".".join(names[:3]) if len(names) > 3 else _PERSISTENCE


def _a(kind: ProperType) -> str:
    return f"the row `{shown(kind)}`" if _is_row(kind) else f"a `{shown(kind)}` of SQLAlchemy"
