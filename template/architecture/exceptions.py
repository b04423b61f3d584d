"""Exceptions to rules: a comment beside what a rule would refuse, or on the line above it.

    # allow: typed-ids - the bank's own number

It names the rule and says why. Where ruff refuses too, ruff's own comment is enough
for both:

    # noqa: BLE001 - whatever one job does, the worker goes on
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
"""The rule about exceptions, which knows none itself."""

# A bare `ast-grep-ignore` would silence ast-grep without a reason, so it is refused.
_ANY = re.compile(r"#\s*allow:|ast-grep-ignore|\bnoqa\b|\bruff: *(?!enable)[a-z-]+", re.IGNORECASE)

# The names of the rules, a dash, and at least a word.
_NAMES = r"(?P<names>[\w-]+(?:, *[\w-]+)*)"
_REASON = r" - .*\w"
_ALLOW = re.compile(rf"# *allow: *{_NAMES}{_REASON}")
_NOQA = re.compile(rf"# *noqa: *{_NAMES}{_REASON}", re.IGNORECASE)
_RUFF = re.compile(rf"# *ruff: *(noqa: *{_NAMES}|[a-z-]+\[[\w, -]+\]){_REASON}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Exception:
    """`names` are rules, or codes of ruff; `covers` are the lines that it may be about."""

    path: str
    line: int
    covers: tuple[int, ...]
    names: frozenset[str]
    text: str


def excuse(refusals: Iterable[Refusal], held: list[Rule], rules: list[Rule]) -> set[Refusal]:
    """Return what no comment excuses, and the comments that do not say enough or excuse nothing.

    Whether an excuse is needed is told for the rules that the code was held to, of all that exist.
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
            left.add(_guard(comment, "does not name a rule and say why"))
        elif _ALLOW.search(comment.text):  # of the others, ruff tells
            for name in comment.names:
                if name not in codes and GUARD in judged:
                    left.add(_guard(comment, f"names `{name}`, and no rule is called so"))
                elif name in judged and (comment, name) not in used:
                    left.add(_guard(comment, f"excuses nothing that {name} refuses"))
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
