"""The imports of a module: sorted, without those that it does not use."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .brackets import INDENT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OURS: Final = ("application", "domain", "infrastructure", "presentation", "schemas", "tests")
IMPORTS: Final = (ast.Import, ast.ImportFrom)
FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES: Final = (*FUNCTIONS, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""What has variables of its own."""


@dataclass(frozen=True)
class Imported:
    """A name that a module imports."""

    module: str
    name: str
    bound: str = ""
    """What it is called in the module, if that differs."""

    @property
    def local(self) -> str:
        return self.bound or self.name.partition(".")[0]

    @property
    def written(self) -> str:
        return f"{self.name} as {self.bound}" if self.bound else self.name


def parted(source: str, tree: ast.Module) -> tuple[str, str]:
    """Return the docstring of a module, and what stands below its imports."""
    lines = source.splitlines()
    first = tree.body[0] if tree.body else None
    is_documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring_ends = (first.end_lineno or 0) if first is not None and is_documented else 0
    ends = [node.end_lineno or 0 for node in tree.body if isinstance(node, IMPORTS)]
    below = max([docstring_ends, *ends])
    return "\n".join(lines[:docstring_ends]).strip(), "\n".join(lines[below:]).strip("\n")


def imports(tree: ast.Module) -> str:
    """Return the import statements of a module, without those that it does not use."""
    found = {
        Imported(getattr(node, "module", ""), each.name, each.asname or "")
        for node in tree.body
        if isinstance(node, IMPORTS)
        for each in node.names
    }
    is_lazy = Imported("__future__", "annotations") in found
    at_run_time, anywhere = used(tree, is_lazy=is_lazy)
    future = {each for each in found if each.module == "__future__"}
    needed = {each for each in found if each.local in anywhere or is_loaded(each)} - future
    early = {each for each in needed if is_early(each, at_run_time)}
    late = needed - early
    if late:
        early.add(Imported("typing", "TYPE_CHECKING"))
    blocks = [sorted_block(future, 0), sorted_block(early, 0)]
    if late:
        blocks.append(f"if TYPE_CHECKING:\n{sorted_block(late, INDENT)}")
    return "\n\n".join(filter(None, blocks))


def is_loaded(each: Imported) -> bool:
    """Tell whether a module is imported to be loaded, as `import a.b` is."""
    return not each.module and "." in each.name


def is_early(each: Imported, at_run_time: set[str]) -> bool:
    """Tell whether a module needs an import when it runs."""
    return is_loaded(each) or each.module == "typing" or each.local in at_run_time


@dataclass
class Scope:
    """Where names mean the same: a module, or a function with variables of its own."""

    outer: Scope | None = None
    variables: set[str] = field(default_factory=set)
    at_run_time: set[str] = field(default_factory=set)
    in_annotations: set[str] = field(default_factory=set)

    @property
    def own(self) -> set[str]:
        """The variables of a function, and of those around it; nothing for a module."""
        return self.variables | self.outer.own if self.outer else set()


def used(tree: ast.Module, *, is_lazy: bool) -> tuple[set[str], set[str]]:
    """Return the names that a module uses when it runs, and those that it uses at all.

    What a function has for a variable of its own is none of them.
    """
    scopes = [Scope()]
    pending: list[tuple[ast.AST, Scope, bool]] = [(tree, scopes[0], False)]
    while pending:
        node, scope, is_annotation = pending.pop()
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                scope.variables.add(node.id)
            elif is_annotation:
                scope.in_annotations.add(node.id)
            else:
                scope.at_run_time.add(node.id)
            continue
        if isinstance(node, ast.Assign):
            scope.at_run_time.update(exported(node))
        inner = scope
        if isinstance(node, SCOPES):
            inner = Scope(scope, parameters(node))
            scopes.append(inner)
        is_function = isinstance(node, FUNCTIONS)
        annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
        for child in ast.iter_child_nodes(node):
            here = scope if is_function and not isinstance(child, ast.stmt) else inner
            pending.append((child, here, is_annotation or child is annotation))
    at_run_time = {name for scope in scopes for name in scope.at_run_time - scope.own}
    anywhere = at_run_time | {name for each in scopes for name in each.in_annotations - each.own}
    return (at_run_time if is_lazy else anywhere), anywhere


def parameters(node: ast.AST) -> set[str]:
    """Return the names of the parameters of a function; nothing for a comprehension."""
    if not isinstance(node, FUNCTIONS):
        return set()
    given = node.args
    every = (*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg)
    return {each.arg for each in every if each}


def exported(node: ast.Assign) -> list[str]:
    """Return the names in `__all__`, if that is what is assigned."""
    target = node.targets[0]
    is_export = isinstance(target, ast.Name) and target.id == "__all__"
    return ast.literal_eval(node.value) if is_export else []


def sorted_block(found: Iterable[Imported], indent: int) -> str:
    sections: dict[int, list[Imported]] = {}
    for each in found:
        sections.setdefault(section_of(each.module or each.name), []).append(each)
    return "\n\n".join(
        "\n".join(import_lines(sections[section], indent)) for section in sorted(sections)
    )


def import_lines(found: list[Imported], indent: int) -> Iterator[str]:
    """Yield the statements of one section: whole modules first."""
    for name in sorted((each.written for each in found if not each.module), key=in_order):
        yield f"{' ' * indent}import {name}"
    names: dict[str, list[str]] = {}
    for each in found:
        names.setdefault(each.module, []).append(each.written)
    for module in sorted(filter(None, names), key=in_order):
        yield import_line(module, names[module], indent)


def section_of(module: str) -> int:
    top = module.partition(".")[0]
    if top in OURS:
        return 2
    return 0 if top in sys.stdlib_module_names else 1


def in_order(name: str) -> list[tuple[int, int, str]]:
    """Compare numbers in names by their value, as ruff does."""
    parts = re.findall(r"[0-9]+|[^0-9]", name)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def import_line(module: str, names: Iterable[str], indent: int) -> str:
    listed = sorted(set(names), key=member_order)
    line = f"{' ' * indent}from {module} import {', '.join(listed)}"
    if len(line) <= WIDTH:
        return line
    inner = "".join(f"{' ' * (indent + INDENT)}{name},\n" for name in listed)
    return f"{' ' * indent}from {module} import (\n{inner}{' ' * indent})"


def member_order(name: str) -> tuple[int, list[tuple[int, int, str]], str]:
    """Sort constants before classes before all else, as ruff does."""
    is_constant = len(name) > 1 and name.isupper()
    return (not is_constant) + (not name[0].isupper()), in_order(name.lower()), name
