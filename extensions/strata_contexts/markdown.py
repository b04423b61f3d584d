"""Writes text as Markdown, so that it is seen as it was given."""

from __future__ import annotations

import re
import textwrap
from typing import Final

WIDTH: Final = 108
SPECIAL: Final = re.compile(r"[\\`*_\[\]<>|~&#$]")
AT_THE_START: Final = re.compile(r"^([-+=:]|[0-9]+(?=[.)]))", re.MULTILINE)
ENTITIES: Final = re.compile(r"[\\`*_\[\]<>|~&$]")


def text(value: str) -> str:
    """Escape what would mean something within a line or a cell of a table."""
    return SPECIAL.sub(r"\\\g<0>", value)


def paragraph(value: str) -> str:
    """Wrap escaped text, and escape what would mean something at the start of a line."""
    lines = textwrap.wrap(value, WIDTH, break_long_words=False, break_on_hyphens=False)
    return AT_THE_START.sub(escaped_start, "\n".join(lines))


def escaped_start(found: re.Match[str]) -> str:
    """Put the backslash before the sign, or behind the number that would begin a list."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def code(value: str) -> str:
    """Write code for a cell of a table, where a bar would end the cell even within backticks."""
    if not set("`|") & set(value):
        return f"`{value}`"
    return f"<code>{ENTITIES.sub(lambda found: f'&#{ord(found[0])};', value)}</code>"
