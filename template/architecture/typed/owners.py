"""Statements on tables whose rows have owners: each one compares the owner.

Rows have owners if their class declares `owner_id`. What is a statement follows from its type, and which table it
is about from the names in it. Two statements, one for an owner and one for all, are accepted in a function
that asks which one is meant.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from architecture.typed.kinds import class_itself, descends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.nodes import TypeInfo

    from architecture.typed.service import Found, Module, Service

_STATEMENTS = {
    "sqlalchemy.orm.query.Query",
    "sqlalchemy.sql.dml.Delete",
    "sqlalchemy.sql.dml.Update",
    "sqlalchemy.sql.selectable.Exists",
    "sqlalchemy.sql.selectable.SelectBase",
}
_READERS = {
    "infrastructure.persistence.rows.ListedRows",
    "infrastructure.persistence.rows.VersionedRows",
}
_SEARCHES = {"infrastructure.persistence.searched_rows.SearchedRows"}
_SESSIONS = {"sqlalchemy.ext.asyncio.session.AsyncSession", "sqlalchemy.orm.session.Session"}

_CONDITIONS = {"where", "filter", "filter_by", "having", "join", "outerjoin"}
_COMPARING = {
    "infrastructure.persistence.rows.of_owner",
    "infrastructure.persistence.searched_rows.belongs_to",
}


def unasked(module: Module, service: Service) -> Iterator[Found]:
    """Yield statements on rows with owners that do not compare the owner."""
    judge = _Judge(module, {each.name: each for each in service.modules})
    for whole, statement in judge.statements():
        for table in judge.tables(whole):
            if not judge.is_accepted(whole, table):
                code = ast.unparse(statement).splitlines()[0]
                yield module.found(statement, f"`{code}`, on the rows of `{table.name}`")
                break


def unasked_in_text(module: Module, service: Service) -> Iterator[Found]:
    """Yield SQL on rows with owners that does not mention the owner."""
    for node in module.find(ast.Constant):
        match node.value, module.parents[node]:
            case str(text), parent if not isinstance(parent, ast.Expr):
                if _is_about_owned_rows(text, service) and "owner_id" not in text:
                    yield module.found(node, f"`{text}`")


def _is_about_owned_rows(text: str, service: Service) -> bool:
    found = re.finditer(r'\b(?:from|join|update)\s+"?(\w+)', text, re.IGNORECASE)
    return any(each[1].lower() in _owned_tables(service) for each in found)


@cache
def _owned_tables(service: Service) -> set[str]:
    found = set()
    for module in service.modules:
        for node in module.find(ast.ClassDef):
            info = module.info(node)
            for inner in node.body if info and _has_owner(info) else ():
                match inner:
                    case ast.Assign([ast.Name("__tablename__")], ast.Constant(str(name))):
                        found.add(name)
    return found


def _has_owner(info: TypeInfo) -> bool:
    return info.get("__tablename__") is not None and info.get("owner_id") is not None


@dataclass(frozen=True, slots=True)
class _Seen:
    """An expression, or one in the value of a name; `through` are the names, each with its module."""

    module: Module
    node: ast.expr
    through: tuple[tuple[Module, ast.expr], ...] = ()


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges the statements of a module."""

    module: Module
    modules: dict[str, Module]

    def statements(self) -> Iterator[tuple[ast.expr, ast.expr]]:
        """Yield each expression that contains a statement, as a whole, and the statement."""
        found: dict[ast.expr, ast.expr] = {}
        for node in self.module.find(ast.Call, ast.Attribute):
            if _is_statement(self.module, node):
                found.setdefault(self._whole(node), node)
        yield from found.items()

    def _whole(self, node: ast.expr) -> ast.expr:
        for outer in self.module.above(node):
            if isinstance(outer, ast.stmt):
                break
            if isinstance(outer, ast.expr):
                node = outer
        return node

    def tables(self, statement: ast.expr) -> list[TypeInfo]:
        """Return the classes of the rows with owners that a statement is about."""
        found = [
            info
            for seen in self._expressions(statement)
            for info in class_itself(seen.module.type_of(seen.node))
            if _has_owner(info)
        ]
        return list(dict.fromkeys(found))

    def is_accepted(self, statement: ast.expr, table: TypeInfo) -> bool:
        """Tell whether it compares the owner, is a step to statements that do, or one of two."""
        if self._compares(statement, table):
            return True
        function = self.module.function_around(statement)
        if function:
            steps = (self._whole(use) for use in self._uses(statement, function))
            return self._decides(function, table) or any(self._compares(s, table) for s in steps)
        uses = list(self._uses(statement, self.module.tree))
        return bool(uses) and all(self._is_use_accepted(use, table) for use in uses)

    def _is_use_accepted(self, use: ast.Name, table: TypeInfo) -> bool:
        function = self.module.function_around(use)
        is_decided = function is not None and self._decides(function, table)
        return is_decided or self._compares(self._whole(use), table)

    def _uses(self, statement: ast.expr, scope: ast.AST) -> Iterator[ast.Name]:
        """Yield the uses of the name that a statement is assigned to."""
        match self.module.parents[statement]:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                for node in ast.walk(scope):
                    match node:
                        case ast.Name(id=used, ctx=ast.Load()) if used == name:
                            yield node

    def _decides(self, function: ast.AST, table: TypeInfo) -> bool:
        """Tell whether a function asks whether an owner is meant, and then compares the owner."""
        asks = any(
            "owner" in ast.unparse(node.test)
            for node in ast.walk(function)
            if isinstance(node, ast.If | ast.IfExp)
        )
        return asks and self._compares(function, table, in_readers=True)

    def _compares(self, node: ast.AST, table: TypeInfo, *, in_readers: bool = False) -> bool:
        """Tell whether a condition compares the owner.

        What `VersionedRows` and the like compare, counts only for what is done by them.
        """
        return any(
            self._is_comparison(seen, table)
            and any(_is_condition(*place) for place in ((seen.module, seen.node), *seen.through))
            for seen in self._expressions(node, in_readers=in_readers)
        )

    def _is_comparison(self, seen: _Seen, table: TypeInfo) -> bool:
        match seen.module.parents.get(seen.node), seen.node:
            case ast.keyword(arg="owner_id"), _:  # of filter_by
                return True
            case _, ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                return any(self._is_owner(seen.module, each, table) for each in (left, right))
            case _, ast.Call(func=ast.Attribute(value=column, attr="in_")):
                return self._is_owner(seen.module, column, table)
            case _, ast.Call(func=function, args=[column, *_]):
                is_known = seen.module.name_of(function) in _COMPARING
                return is_known and self._is_owner(seen.module, column, table)
        return False

    def _is_owner(self, module: Module, node: ast.expr, table: TypeInfo) -> bool:
        match node:
            case ast.Attribute(value=of, attr="owner_id"):
                return table in _Judge(module, self.modules).tables(of)
        return False

    def _expressions(self, node: ast.AST, *, in_readers: bool = True) -> Iterator[_Seen]:
        """Yield the expressions in a node, and those in the values of its names."""
        waiting: list[tuple[Module, ast.AST, tuple[tuple[Module, ast.expr], ...]]]
        waiting, known = [(self.module, node, ())], set()
        while waiting:
            module, outer, through = waiting.pop()
            for inner in ast.walk(outer):
                if isinstance(inner, ast.expr) and inner not in known:
                    known.add(inner)
                    yield _Seen(module, inner, through)
                    for home, value in self._values(module, inner):
                        if in_readers or not descends(home.type_of(value), _READERS | _SEARCHES):
                            waiting.append((home, value, (*through, (module, inner))))

    def _values(self, module: Module, node: ast.expr) -> Iterator[tuple[Module, ast.expr]]:
        """Yield the values of a name: in its function, its module, or the module it comes from."""
        if isinstance(node, ast.Name):
            for scope in {module.function_around(node), None}:
                yield from ((module, value) for value in module.given.get((scope, node.id), ()))
            package, _, name = module.name_of(node).rpartition(".")
            home = self.modules.get(package, module)
            if home is not module:
                yield from ((home, value) for value in home.given.get((None, name), ()))


def _is_statement(module: Module, node: ast.Call | ast.Attribute) -> bool:
    kind = module.type_of(node)
    match node:
        case ast.Call(func=ast.Attribute(value=receiver, attr="get" | "get_one")):
            return descends(module.type_of(receiver), _SESSIONS)
        case ast.Call(func=ast.Attribute(value=receiver, attr="page" | "slice")):
            return descends(module.type_of(receiver), _SEARCHES)
        case ast.Call() if descends(kind, _READERS):
            return True
    return descends(kind, _STATEMENTS)


def _is_condition(module: Module, node: ast.expr) -> bool:
    """Tell whether an expression says which rows a statement is about."""
    inner: ast.AST = node
    for outer in module.above(node):
        match outer:
            case ast.Call(func=function) if inner is not function:
                name = function.attr if isinstance(function, ast.Attribute) else ""
                is_of_rows = not descends(module.type_of(outer), _STATEMENTS)
                if name in _CONDITIONS or (is_of_rows and _is_statement(module, outer)):
                    return True
        inner = outer
    return False
