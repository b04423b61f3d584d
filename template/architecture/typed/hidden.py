"""Code that is hidden from the rules: dynamic imports, and code that mypy does not check."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

from architecture import ROOT
from architecture.typed.service import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.typed.service import Module, Service

_IMPORTERS = {
    "builtins.__import__",
    "builtins.compile",
    "builtins.eval",
    "builtins.exec",
    "builtins.globals",
    "importlib.__import__",
    "importlib.import_module",
    "importlib.reload",
    "pkgutil.resolve_name",
    "pydantic.types.ImportString",
    "sys.meta_path",
    "sys.modules",
    "sys.path",
}
_LOOKED_INTO = {"builtins", "importlib", "pkgutil", "runpy", "sys"}
_IMPORTING_MODULES = (
    "importlib.util",
    "importlib.machinery",
    "importlib.abc",
    "runpy",
    "zipimport",
)
_SWITCH = re.compile(r"#\s*mypy\s*:")


def imports(module: Module, service: Service) -> Iterator[Found]:
    """Yield imports by a function call."""
    for node in module.find(ast.Name, ast.Attribute):
        name = module.name_of(node)
        if name in _IMPORTERS or name.startswith(tuple(f"{m}." for m in _IMPORTING_MODULES)):
            yield module.found(node, f"`{name.removeprefix('builtins.')}`")
        elif isinstance(node, ast.Name) and node.id == "__builtins__":
            yield module.found(node, "`__builtins__`")
    for call in module.find(ast.Call):
        looks = module.name_of(call.func) in {"builtins.getattr", "builtins.vars"}
        if looks and any(module.name_of(argument) in _LOOKED_INTO for argument in call.args[:1]):
            yield module.found(
                call, f"`{ast.unparse(call)}`, which accesses the content of a module"
            )
    for imported in module.find(ast.ImportFrom):
        for alias in imported.names:
            if f"{imported.module}.{alias.name}" == "pydantic.ImportString":
                yield module.found(
                    imported, "`ImportString`, which imports a module that a string names"
                )


def blind_spots(module: Module, service: Service) -> Iterator[Found]:
    """Yield code that mypy does not analyse, which all checks of types would miss."""
    if not module.tree.body and module.unread:
        yield Found(module, module.unread[0], "what is no Python of this version")
    for statement in module.find(ast.stmt):
        within = any(_is_reported(module, outer) for outer in module.above(statement))
        if _is_reported(module, statement) and not within:
            yield module.found(statement, "code that mypy takes for unreachable")
    for function in module.find(ast.FunctionDef, ast.AsyncFunctionDef):
        names = {module.name_of(d) or ast.unparse(d) for d in function.decorator_list}
        if any(name.endswith("no_type_check") for name in names):
            yield module.found(function, "`no_type_check`")
    text = (ROOT / module.path).read_text(encoding="utf-8")
    if "mypy" in text or "type: ignore" in text:
        yield from _switches(module, text)


def _is_reported(module: Module, node: ast.AST) -> bool:
    return (
        isinstance(node, ast.stmt)
        and (node.lineno in module.unread or _without_types(module, node))
        and _does_something(node)
        and not _depends_on_platform(module, node)
    )


def _without_types(module: Module, statement: ast.stmt) -> bool:
    """Tell whether mypy has not analysed a call statement, as after `sys.exit()`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call | ast.Await) and module.type_of(call) is None


def _does_something(statement: ast.stmt) -> bool:
    kinds = (ast.Call, ast.Await, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, kinds) for node in ast.walk(statement))


def _depends_on_platform(module: Module, statement: ast.stmt) -> bool:
    outer = module.parents.get(statement)
    test = ast.unparse(outer.test) if isinstance(outer, ast.If) else ""
    return test.startswith(("sys.platform", "sys.version_info"))


def _switches(module: Module, text: str) -> Iterator[Found]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        alone = not token.line[: token.start[1]].strip()
        if _SWITCH.match(token.string) or (alone and token.string.startswith("# type: ignore")):
            yield Found(module, token.start[0], f"`{token.string}`")
