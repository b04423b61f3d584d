"""Reads a rule: one comparison of two fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

COMPARISON: Final = re.compile(r"([A-Za-z_]\w*)\s*(<=|>=|==|!=|<|>)\s*([A-Za-z_]\w*)")


@dataclass(frozen=True)
class Comparison:
    """What a rule says of two fields."""

    left: str
    operator: str
    right: str


def parse(text: str) -> Comparison | None:
    """Read one comparison of two names; None if the text is none."""
    found = COMPARISON.fullmatch(text.strip())
    return Comparison(found[1], found[2], found[3]) if found else None
