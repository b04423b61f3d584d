"""A comment that silences a rule names the rule and says why."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

from importlinter import ContractCheck

from architecture import SOURCE
from architecture.contracts.places import PlacesContract, relative

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grimp import ImportGraph

_SUPPRESSION = re.compile(r"ast-grep-ignore|\bnoqa\b|\bruff: *(?!enable)[a-z-]+", re.IGNORECASE)

# The names of the rules, a dash, and at least a word.
_NAMES = r"[\w-]+(?:, *[\w-]+)*"
_WITH_REASON = re.compile(
    rf"# *(?:ast-grep-ignore|noqa|ruff: *noqa): *{_NAMES} - .*\w"
    rf"|# *ruff: *[a-z-]+\[{_NAMES}\] - .*\w",
    re.IGNORECASE,
)


class SuppressionsContract(PlacesContract):
    """Whether a suppression is used at all is told by the tool that it is meant for."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        return self.refuse(
            (relative(path), line)
            for path in SOURCE.rglob("*.py")
            for line, comment in _suppressions(path)
            if not _WITH_REASON.search(comment)
        )


def _suppressions(path: Path) -> Iterator[tuple[int, str]]:
    text = path.read_text(encoding="utf-8")
    if not _SUPPRESSION.search(text):
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and _SUPPRESSION.search(token.string):
            yield token.start[0], token.string
