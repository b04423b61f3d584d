"""Exceptions to rules: a comment on the line that a rule would refuse, or on the line above it.

    # allow: typed-ids - the bank's own number

It names the rule and the reason. If ruff refuses the line as well, ruff's own comment suffices for both:

    # noqa: BLE001 - a failing job must not stop the worker
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from architecture import ROOT, SOURCE
from architecture.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from architecture.rules import Rule

GUARD = "no-silent-exception"
"""The rule about exceptions, which allows no exceptions itself."""

# A bare `ast-grep-ignore` would silence ast-grep without a reason, so it is refused.
_ANY = re.compile(r"#\s*allow:|ast-grep-ignore|\bnoqa\b|\bruff: *(?!enable)[a-z-]+", re.IGNORECASE)

# The names of the rules, a dash, and at least one word.
_NAMES = r"(?P<names>[\w-]+(?:, *[\w-]+)*)"
_REASON = r" - .*\w"
_ALLOW = re.compile(rf"# *allow: *{_NAMES}{_REASON}")
_NOQA = re.compile(rf"# *noqa: *{_NAMES}{_REASON}", re.IGNORECASE)
_RUFF = re.compile(rf"# *ruff: *(noqa: *{_NAMES}|[a-z-]+\[[\w, -]+\]){_REASON}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Exception:
    """`names` are rules or ruff codes; `covers` are the lines that the comment applies to."""

    path: str
    line: int
    covers: tuple[int, ...]
    names: frozenset[str]
    text: str


def excuse(refusals: Iterable[Refusal], held: list[Rule], rules: list[Rule]) -> set[Refusal]:
    """Return the refusals without an exception, and a refusal for each invalid or unused exception.

    Unused exceptions can only be found for the rules that were checked (`held`), not for all `rules`.
    """
    judged = {rule.id for rule in held}
    codes = {rule.id: tuple(rule.ruff) for rule in rules}
    comments = list(_comments())
    at: dict[tuple[str, int], list[_Exception]] = {}
    for comment in comments:
        for line in comment.covers:
            at.setdefault((comment.path, line), []).append(comment)
    used = set()
    left = set()
    for refusal in refusals:
        excuses = (
            set()
            if refusal.rule == GUARD
            else {
                (comment, name)
                for comment in at.get((refusal.path, refusal.line), ())
                for name in comment.names
                if name == refusal.rule
                or (codes[refusal.rule] and name.startswith(codes[refusal.rule]))
            }
        )
        used |= excuses
        if not excuses:
            left.add(refusal)
    for comment in comments:
        if not comment.names and GUARD in judged:
            left.add(_guard(comment, "does not name a rule and a reason"))
        elif _ALLOW.search(comment.text):  # ruff checks its own comments
            for name in comment.names:
                if name not in codes and GUARD in judged:
                    left.add(_guard(comment, f"names `{name}`, which is not a rule"))
                elif name in judged and (comment, name) not in used:
                    left.add(_guard(comment, f"is not needed: {name} refuses nothing here"))
    return left


def _guard(comment: _Exception, found: str) -> Refusal:
    return Refusal(comment.path, comment.line, GUARD, f"`{comment.text.strip()}` {found}")


def _comments() -> Iterator[_Exception]:
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if _ANY.search(text):
            yield from _comments_of(path, text)


def _comments_of(path: Path, text: str) -> Iterator[_Exception]:
    name = path.relative_to(ROOT).as_posix()
    above: list[tuple[int, str]] = []
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    for token in tokens:
        line = token.start[0]
        if token.type == tokenize.COMMENT and _ANY.search(token.string):
            if token.line[: token.start[1]].strip():
                yield _read(name, line, (line,), token.string)
            else:
                above.append((line, token.string))
        elif token.string.strip() and token.type != tokenize.COMMENT:
            for number, comment in above:
                yield _read(name, number, (number, line), comment)
            above.clear()
    for number, comment in above:
        yield _read(name, number, (number,), comment)


def _read(path: str, line: int, covers: tuple[int, ...], text: str) -> _Exception:
    match = _ALLOW.search(text) or _NOQA.search(text)
    names = re.split(", *", match["names"]) if match else []
    if not match and _RUFF.search(text):
        names = ["*"]
    return _Exception(path, line, covers, frozenset(names), text)
