"""The service as mypy sees it: the type of every expression, and the target of every name.

The checks walk Python's own `ast`, and look up the types here. mypy has its own tree; nodes of the two trees
are matched by their position in the file.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar, overload

from mypy import build, nodes
from mypy.errors import CompileError
from mypy.main import process_options
from mypy.modulefinder import BuildSource
from mypy.types import get_proper_type

from architecture import LAYERS, ROOT, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy.types import ProperType

Span = tuple[int, int, int, int]
NodeT = TypeVar("NodeT", bound=ast.AST)
OtherT = TypeVar("OtherT", bound=ast.AST)

_ADMINISTRATION = {
    *("line", "column", "end_line", "end_column", "name", "_fullname", "arg_kinds", "arg_names"),
    *("node", "info", "type", "names", "def_var", "original_def", "unanalyzed_type", "imports"),
}
"""Attributes of mypy's nodes that lead out of the tree: to a name, a type, or a symbol elsewhere."""


class UnreadableError(Exception):
    """mypy cannot analyse the service. The message is mypy's."""


@dataclass(frozen=True, slots=True)
class Found:
    """A refused line, and what was found there."""

    module: Module
    line: int
    what: str


@dataclass(eq=False)
class Module:
    """One file. `name` is the name for imports; `path` is relative to the service."""

    name: str
    path: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    _nodes: dict[type[ast.AST], list[ast.AST]] = field(default_factory=dict)
    _types: dict[Span, ProperType] = field(default_factory=dict)
    _names: dict[Span, str] = field(default_factory=dict)
    _functions: dict[int, nodes.FuncDef] = field(default_factory=dict)
    _classes: dict[int, nodes.TypeInfo] = field(default_factory=dict)
    unread: list[int] = field(default_factory=list)
    """The lines at which code begins that mypy considers unreachable, and does not analyse."""

    @property
    def layer(self) -> str:
        return self.name.partition(".")[0]

    def within(self, *packages: str) -> bool:
        return f"{self.name}.".startswith(tuple(f"{package}." for package in packages))

    @overload
    def find(self, kind: type[NodeT], /) -> Iterator[NodeT]: ...
    @overload
    def find(self, kind: type[NodeT], other: type[OtherT], /) -> Iterator[NodeT | OtherT]: ...
    def find(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        alike = [kind for kind in self._nodes if issubclass(kind, kinds)]
        return (node for kind in alike for node in self._nodes[kind])

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the ancestors of the node, the nearest first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function_around(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        return next((outer for outer in self.above(node) if isinstance(outer, functions)), None)

    def type_of(self, node: ast.expr) -> ProperType | None:
        """Return the type of an expression, or None if mypy has not analysed it."""
        return self._types.get(_span(node))

    def name_of(self, node: ast.expr) -> str:
        """Return the full name that `a` or `a.b` refers to, whatever its import name."""
        return self._names.get(_span(node), "")

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> nodes.FuncDef | None:
        return self._functions.get(node.lineno)

    def info(self, node: ast.ClassDef) -> nodes.TypeInfo | None:
        return self._classes.get(node.lineno)

    @cached_property
    def given(self) -> dict[tuple[ast.AST | None, str], list[ast.expr]]:
        """The values assigned to each name, with the function of the assignment, or None for the module."""
        given: dict[tuple[ast.AST | None, str], list[ast.expr]] = {}
        for node in self.find(ast.stmt, ast.NamedExpr):
            match node:
                case ast.Assign(targets=targets, value=value):
                    names = [target for target in targets if isinstance(target, ast.Name)]
                case (
                    ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value)
                    | ast.NamedExpr(target=ast.Name() as target, value=value)
                ):
                    names = [target]
                case _:
                    continue
            for name in names:
                given.setdefault((self.function_around(node), name.id), []).append(value)
        return given

    def found(self, node: ast.expr | ast.stmt | ast.excepthandler, what: str) -> Found:
        return Found(self, node.lineno, what)


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    modules: list[Module]
    files: dict[str, nodes.MypyFile]

    def class_named(self, name: str) -> nodes.TypeInfo | None:
        """Return the class with this full name, if the service uses it anywhere."""
        package, _, last = name.rpartition(".")
        file = self.files.get(package)
        symbol = file.names.get(last) if file else None
        return symbol.node if symbol and isinstance(symbol.node, nodes.TypeInfo) else None


@cache
def read_service() -> Service:
    """Let mypy analyse every module of the service.

    Raises:
        UnreadableError: a module is not valid Python, or hardly any expression has a type, so that the checks
            would find nothing.
    """
    paths = [path for path in sorted(SOURCE.rglob("*.py")) if _is_module(path)]
    _, options = process_options([__file__])  # reads the options in pyproject.toml
    options.export_types = True
    options.preserve_asts = True
    sources = [BuildSource(str(path.relative_to(ROOT)), _module_name(path)) for path in paths]
    try:
        result = build.build(sources, options)
    except CompileError as exc:
        raise UnreadableError("\n".join(exc.messages)) from exc
    modules = [_module(source, path, result) for source, path in zip(sources, paths, strict=True)]
    _require_types(modules)
    return Service(modules, result.files)


def _require_types(modules: list[Module]) -> None:
    calls = [(module, call) for module in modules for call in module.find(ast.Call)]
    known = sum(module.type_of(call) is not None for module, call in calls)
    if 2 * known < len(calls):
        raise UnreadableError(f"of {len(calls)} calls it tells the type of {known}")


def _is_module(path: Path) -> bool:
    layer, *names = path.relative_to(SOURCE).with_suffix("").parts
    return layer in LAYERS and bool(names) and all(name.isidentifier() for name in names)


def _module_name(path: Path) -> str:
    names = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


def _module(source: BuildSource, path: Path, result: build.BuildResult) -> Module:
    module = Module(source.module, path.relative_to(ROOT).as_posix(), ast.Module([], []))
    try:
        module.tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as exc:
        module.unread.append(exc.lineno or 1)
        return module
    for outer in ast.walk(module.tree):
        module._nodes.setdefault(type(outer), []).append(outer)
        for inner in ast.iter_child_nodes(outer):
            module.parents[inner] = outer
    for node in _walk(result.files[source.module]):
        span = (node.line, node.column, node.end_line or 0, node.end_column or 0)
        match node:
            case nodes.FuncDef():
                module._functions[node.line] = node
            case nodes.ClassDef():
                module._classes[node.line] = node.info
            case nodes.Block(is_unreachable=True) if node.body:
                module.unread.append(node.body[0].line)
            case nodes.Expression():
                if isinstance(node, nodes.RefExpr) and node.fullname:
                    module._names[span] = node.fullname
                if (found := result.types.get(node)) is not None:
                    module._types[span] = get_proper_type(found)
    return module


def _walk(root: nodes.Node) -> Iterator[nodes.Node]:
    seen = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, nodes.Var | nodes.TypeInfo):
            continue
        seen.add(id(node))
        yield node
        waiting += _children(node)


def _children(node: nodes.Node) -> Iterator[nodes.Node]:
    for name in _attributes(type(node)):
        value = getattr(node, name, None)
        if isinstance(value, nodes.Node):
            yield value
        elif isinstance(value, list | tuple):
            yield from _flat(value)


def _flat(values: list[object] | tuple[object, ...]) -> Iterator[nodes.Node]:
    for value in values:
        if isinstance(value, nodes.Node):
            yield value
        elif isinstance(value, list | tuple):
            yield from _flat(value)


_attributes_of: dict[type, list[str]] = {}


def _attributes(kind: type) -> list[str]:
    """Return the attributes of a node, in compiled and in interpreted versions of mypy."""
    if kind not in _attributes_of:
        names = getattr(kind, "__mypyc_attrs__", None) or [
            name for base in kind.__mro__ for name in getattr(base, "__slots__", ())
        ]
        _attributes_of[kind] = [name for name in names if name not in _ADMINISTRATION]
    return _attributes_of[kind]


def _span(node: ast.expr) -> Span:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0
