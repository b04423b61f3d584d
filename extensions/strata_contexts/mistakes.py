"""Mistakes: each is one line that names the place and the remedy, and all are told at once."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Path = tuple[str | int, ...]
"""Where something stands on the page: ``("contexts", 0, "name")``. Empty for the whole page."""

PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LONGEST_QUOTE = 60


@dataclass(frozen=True)
class Mistake:
    """One mistake: where it is, what is wrong, and what to do about it."""

    path: Path
    text: str


@dataclass
class Mistakes:
    """Collects mistakes. Adding one never stops whoever looks for more."""

    _found: dict[Mistake, None] = field(default_factory=dict)
    _around: set[Path] = field(default_factory=set)
    _unread: set[Path] = field(default_factory=set)
    _meant: dict[Path, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Mistake]:
        """Return the mistakes in the order in which they were found."""
        return iter(self._found)

    def add(self, path: Path, text: str) -> None:
        """Note a mistake, unless the same is known already.

        Without a text, the place is only marked as wrong: another mistake says why.
        """
        if path in self._unread:
            return
        if text:
            self._found[Mistake(path, on_one_line(text))] = None
        for place in (path, self._as_meant(path)):
            self._around.update(place[:length] for length in range(len(place) + 1))

    def mark_unread(self, path: Path) -> None:
        """Say that something stands at ``path`` in place of what could not be read: no more of it."""
        self._unread |= {path, self._as_meant(path)}

    def mark_meant(self, path: Path, key: str) -> None:
        """Say that what stands at ``path`` is read as if it stood behind another key."""
        self._meant[path] = key

    def _as_meant(self, path: Path) -> Path:
        return tuple(self._meant.get(path[: place + 1], key) for place, key in enumerate(path))

    def within(self, path: Path) -> bool:
        """Tell whether anything at ``path`` or below it is wrong.

        Checks that compare several things stay silent then: what they would say may be no more
        than a consequence.
        """
        return path in self._around


class PageError(Exception):
    """A page has mistakes; ``lines`` has one for each, in the order of the page."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


def told(
    mistakes: Iterable[Mistake], lines: Mapping[Path, int], file: str | None = None
) -> list[str]:
    """Write mistakes as people read them, in the order of the page.

    ``lines`` says on which line a path stands. With a ``file``, a line starts like a compiler's
    message, ``contexts.yml:12: contexts[0].name: …``; without one, with the path.
    """
    ordered = sorted(mistakes, key=lambda mistake: line_of(mistake.path, lines))
    return [
        ": ".join(
            part
            for part in (
                f"{file}:{line_of(mistake.path, lines)}" if file else "",
                spelled(mistake.path),
                mistake.text,
            )
            if part
        )
        for mistake in ordered
    ]


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Return the line of a path, or of the closest thing around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def spelled(path: Path) -> str:
    """Write a path: ``contexts[0].aggregates[1].fields.total``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if PLAIN_KEY.fullmatch(part) else f".{quoted(part)}"
    return text.removeprefix(".")


def on_one_line(text: str) -> str:
    """Spell out what would break a line, or be seen by nobody."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def quoted(value: object) -> str:
    """Show what was written, on one line of bearable length."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        text = f"a {type(value).__name__}"
    text = on_one_line(text)
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"


def listed(names: Iterable[str], word: str = "and") -> str:
    """Join names as in a sentence: ``a, b and c``."""
    *others, last = list(names) or ["nothing"]
    return f"{', '.join(others)} {word} {last}" if others else last


def meant(name: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, or an empty text."""
    by_folded = {each.casefold(): each for each in known}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.7)
    return by_folded[close[0]] if close else ""


def suggestion(name: str, known: Iterable[str]) -> str:
    """End a message about an unknown name: what was probably meant, or else what there is."""
    there = list(known)
    if close := meant(name, there):
        return f"did you mean {close}?"
    return f"expected {listed(there, 'or')}" if there else "there is none to choose from"


def no_field(name: str, known: Iterable[str]) -> str:
    """Say that there is no such field; nothing where one is told to be written like this."""
    there = list(known)
    if any(names.snake(each) == name for each in there):
        return ""
    return f"there is no field {quoted(name)}: {suggestion(name, there)}"
