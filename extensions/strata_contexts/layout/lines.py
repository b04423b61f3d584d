"""Finds the statements of some code that ruff would lay out anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .brackets import TEXT, WIDTH, grouped, tokens
from .broken import statement

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK: Final = re.compile(rf"{TEXT}|#[^\n]*|[()\[\]{{}}]|\n", re.DOTALL)
"""What tells where a statement ends: a line break outside of brackets, texts and comments."""
COMMA: Final = re.compile(r",\s*([)\]}]|$)")
"""A comma that keeps a list broken."""


def broken_lines(body: str) -> Iterator[str]:
    """Yield the lines of some code, in which no statement is longer than it has to be."""
    for text in statements(body):
        if "\n" not in text and len(text) <= WIDTH and not COMMA.search(text):
            yield text.rstrip()
        else:
            yield from relaid(text)


def statements(body: str) -> Iterator[str]:
    """Yield the text of each statement, and the lines without one."""
    start = depth = 0
    for mark in MARK.finditer(body + "\n"):
        text = mark[0]
        if text == "\n":
            if not depth:
                yield body[start : mark.start()]
                start = mark.end()
        elif text in "([{":
            depth += 1
        elif text in ")]}":
            depth -= 1


def relaid(text: str) -> Iterator[str]:
    """Yield the lines of a statement, broken as its length asks for."""
    written = tokens(text)
    is_text = len(written) == 1
    is_commented = any(each.text.startswith("#") for each in written)
    if is_text or is_commented:
        yield from (line.rstrip() for line in text.splitlines())
    else:
        yield from statement(grouped(written), len(text) - len(text.lstrip()))
