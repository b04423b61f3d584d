"""Changes that no page can say: two fields exchanged in a call, and a statement that is forgotten."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator
from typing import Final

from tests.teeth.spec import Home, Spec, at, field_holders, home_of

Change = Iterator[tuple[str, str]]
"""Where something was changed, and the text with the change."""
Pairs = list[tuple[str, str]]


def exchanged(text: str, pairs: Pairs) -> Change:
    """Exchange two fields, wherever both are given by name."""
    for scope, node in nodes(ast.parse(text)):
        given: dict[str, ast.expr] = {}
        if isinstance(node, ast.Call):
            given = {each.arg: each.value for each in node.keywords if each.arg}
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant):
                    given[str(key.value)] = value
        for one, two in pairs:
            if one in given and two in given:
                (start, end), (then, stop) = sorted(
                    (span(text, given[one]), span(text, given[two]))
                )
                after = text[:start] + text[then:stop] + text[end:then] + text[start:end]
                yield f"{scope}: {one} and {two}", after + text[stop:]


def forgotten(text: str, _: Pairs) -> Change:
    """Replace each statement by `pass`, but for those without which the rest could not run."""
    for scope, node in nodes(ast.parse(text)):
        if isinstance(node, ast.stmt) and not is_needed(node):
            start, end = span(text, node)
            said = " ".join(text[start:end].split())
            shown = said if len(said) <= SHOWN else f"{said[:SHOWN]}…"
            yield f"{scope}: {shown}", f"{text[:start]}pass{text[end:]}"


SHOWN: Final = 60


def is_needed(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.With() | ast.AsyncWith() | ast.Try():
            return True
        case ast.Return() | ast.Assign(targets=[ast.Name()]) | ast.AnnAssign():
            return True
        case _:
            return False


def nodes(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield what stands in functions, each with the name of its function."""
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(scope):
                if node is not scope:
                    yield scope.name, node


def span(text: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    lines = text.splitlines(keepends=True)
    assert node.end_lineno is not None
    assert node.end_col_offset is not None

    def offset(line: int, column: int) -> int:
        characters = len(lines[line - 1].encode()[:column].decode())
        return sum(map(len, lines[: line - 1])) + characters

    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)


def alike(page: Spec, home: Home) -> Pairs:
    """Return the pairs of fields next to each other that are of one type, so that they could be exchanged."""
    found: Pairs = []
    for holder in field_holders(page):
        if home_of(page, holder) == home:
            kinds: dict[str, list[str]] = {}
            for name, spec in at(page, holder).items():
                attribute = f"{name}_id" if spec["type"] == "ref" else name
                kinds.setdefault(f"{spec['type']} {spec.get('optional')}", []).append(attribute)
            found += [pair for each in kinds.values() for pair in itertools.pairwise(each)]
    return list(dict.fromkeys(found))


IN_CODE: Final[dict[str, Callable[[str, Pairs], Change]]] = {
    "two fields are exchanged in a call": exchanged,
    "a statement is forgotten": forgotten,
}
