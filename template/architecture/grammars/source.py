"""The modules of the service as syntax trees, and the origin of the names in them."""

from __future__ import annotations

import ast
import builtins
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
Node = TypeVar("Node", bound=ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)

WEB = ("fastapi.", "starlette.")
"""The prefixes of the full names in FastAPI and Starlette."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` is one of the grammar's `KINDS`, and `code` the code that was found."""

    kind: str
    path: str
    line: int
    code: str


@dataclass(eq=False)
class Module:
    """`path` is relative to the service, `name` is the name for imports."""

    path: str
    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Empty if this Python cannot parse the module; then mypy and the tests fail anyway."""
        try:
            return ast.parse(self.text)
        except SyntaxError:
            return ast.Module(body=[], type_ignores=[])

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the module, in the order of `ast.walk` and in half its time.

        Left out are the contexts `Load`, `Store` and `Del`.
        """
        found: list[ast.AST] = [self.tree]
        for node in found:
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, list):
                    found += [inner for inner in value if isinstance(inner, ast.AST)]
                elif isinstance(value, ast.AST) and name != "ctx":
                    found.append(value)
        return found

    @cached_property
    def functions(self) -> dict[str, Function]:
        return {node.name: node for node in self.tree.body if isinstance(node, Function)}

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def values(self) -> dict[str, ast.expr]:
        """The values of names that are assigned exactly once, at the top level."""
        found: dict[str, ast.expr] = {}
        for node in self.tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    found[name] = value
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    found[name] = value
                case _ if type(node).__name__ == "TypeAlias":  # a statement since Python 3.12
                    alias: Any = node
                    found[alias.name.id] = alias.value
        return found

    @cached_property
    def for_typing(self) -> set[ast.AST]:
        """The nodes under `if TYPE_CHECKING:`."""
        return {
            inner
            for node in self.nodes
            if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
            for statement in node.body
            for inner in ast.walk(statement)
        }

    @cached_property
    def _imports(self) -> dict[str, str]:
        found = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    full = alias.name if alias.asname else alias.name.partition(".")[0]
                    found[alias.asname or full] = full
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return found

    def origin(self, node: ast.expr, depth: int = 0) -> str:
        """Return the full name that a name refers to: `fastapi.Depends`, `builtins.min`.

        Empty if it is only known at run time, as for an attribute of a parameter.
        """
        match node:
            case ast.Name(id=name) if name in self._imports:
                return self._imports[name]
            case ast.Name(id=name) if name in self.functions or name in self.classes:
                return f"{self.name}.{name}"
            case ast.Name(id=name) if name in self.values:
                value = self.values[name]
                if isinstance(value, ast.Name | ast.Attribute) and depth < _DEPTH:
                    return self.origin(value, depth + 1)
                return f"{self.name}.{name}"
            case ast.Name(id=name):
                return f"builtins.{name}" if name in _BUILTINS else ""
            case ast.Attribute(value=value, attr=attr):
                origin = self.origin(value, depth)
                return f"{origin}.{attr}" if origin else ""
            case ast.Subscript(value=value):
                return self.origin(value, depth)
            case _:
                return ""

    def find(self, kind: str, node: ast.AST) -> Finding:
        return Finding(kind, self.path, getattr(node, "lineno", 1), ast.unparse(node))


@dataclass
class Source:
    """The modules of `src`, each parsed once, on demand."""

    root: Path
    _modules: dict[str, Module | None] = field(default_factory=dict)

    def modules(self, *layers: str) -> Iterator[Module]:
        """Yield the modules of a package and below: `presentation.routers`."""
        for layer in layers:
            folder = self.root.joinpath("src", *layer.split("."))
            for path in (folder.with_suffix(".py"), *sorted(folder.rglob("*.py"))):
                parts = path.relative_to(self.root / "src").with_suffix("").parts
                module = self.module(".".join(parts).removesuffix(".__init__"))
                if module:
                    yield module

    def module(self, name: str) -> Module | None:
        """Return the module of this name, if the service has one."""
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def defining(self, origin: str) -> tuple[Module, str] | None:
        """Follow a full name to its definition, through modules that re-export it."""
        for _ in range(_DEPTH):
            package, _, name = origin.rpartition(".")
            module = self.module(package) if package else None
            if module is None:
                return None
            if name in module.functions or name in module.classes or name in module.values:
                return module, name
            origin = module.origin(ast.Name(name))
            if not origin or origin == f"{package}.{name}":
                return None
        return None

    def _read(self, name: str) -> Module | None:
        stem = self.root.joinpath("src", *name.split("."))
        for path in (stem / "__init__.py", stem.with_suffix(".py")):
            if path.is_file():
                relative = path.relative_to(self.root).as_posix()
                return Module(relative, name, path.read_text(encoding="utf-8"))
        return None


def parsed(node: ast.expr) -> ast.expr:
    """Return an annotation; one in a string is parsed."""
    match node:
        case ast.Constant(value=str(text)):
            try:
                return ast.parse(text.strip(), mode="eval").body
            except SyntaxError:
                return node
        case _:
            return node


def plain_type(node: ast.expr | None) -> ast.expr | None:
    """Return `X` of `Annotated[X, ...]`."""
    node = parsed(node) if node else None
    match node:
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[first, *_])):
            return parsed(first)
        case ast.Subscript(
            value=ast.Attribute(attr="Annotated"), slice=ast.Tuple(elts=[first, *_])
        ):
            return parsed(first)
        case _:
            return node


def head(node: Node) -> Node:
    """Return a function or a class without its body, for a quotation."""
    without = copy(node)
    without.body = [ast.Pass()]
    without.decorator_list = []
    return without


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def parameters(function: Function) -> list[ast.arg]:
    arguments = function.args
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return found + [extra for extra in (arguments.vararg, arguments.kwarg) if extra]


def body_without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case _:
            return body


_DEPTH = 8
"""How many modules and assignments a name is followed through."""

_BUILTINS = frozenset(dir(builtins))
