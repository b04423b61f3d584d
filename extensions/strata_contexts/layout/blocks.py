"""The blank lines of a module, and blocks that hold nothing but another one."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from .brackets import INDENT
from .imported import IMPORTS

if TYPE_CHECKING:
    from collections.abc import Iterator


def spaced(head: str, imported: str, body: str, tree: ast.Module) -> str:
    """Put the parts of a module together, with the blank lines that belong between them."""
    body = re.sub(r'("""(?:(?!""").)+)\n\s*"""\n', r'\1"""\n', body)
    text = re.sub(r"\n{3,}(?=[ \t])", "\n\n", re.sub(r"\n{4,}", "\n\n\n", body)).strip("\n")
    rest = [node for node in tree.body if not isinstance(node, IMPORTS)]
    rest = rest[1:] if head else rest
    defines = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    gap = "\n\n\n" if rest and isinstance(rest[0], defines) else "\n\n"
    top = "\n\n".join(filter(None, [head, imported]))
    return (gap.join(filter(None, [top, text]))) + "\n"


def combined(lines: list[str]) -> Iterator[str]:
    """Yield lines in which a `with` that holds nothing but another one is one with it."""
    place = 0
    while place < len(lines):
        line, below = lines[place], lines[place + 1 : place + 2]
        outer = re.fullmatch(r"( *)with (.*):", line)
        inner = re.fullmatch(r"( *)with (.*):", below[0]) if below else None
        if outer and inner:
            end = end_of_block(lines, place + 1, len(outer[1]))
            if end == end_of_block(lines, place + 2, len(inner[1])):
                yield f"{outer[1]}with {outer[2]}, {inner[2]}:"
                yield from (each.removeprefix(" " * INDENT) for each in lines[place + 2 : end])
                place = end
                continue
        yield line
        place += 1


def end_of_block(lines: list[str], start: int, indent: int) -> int:
    """Return the first line from a start on that stands no deeper than an indent."""
    for place in range(start, len(lines)):
        text = lines[place].lstrip()
        if text and len(lines[place]) - len(text) <= indent:
            return place
    return len(lines)
