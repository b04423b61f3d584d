"""Reads YAML as plain values, and remembers on which line each of them stands.

PyYAML's own loader keeps the last of two equal keys, turns ``on`` and ``no`` into booleans without a
word, and forgets lines. Here its nodes are read instead: what it would do silently is a mistake, or
is remembered, so that a message can quote what stands on the page.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from .mistakes import Mistakes, quoted

if TYPE_CHECKING:
    from .mistakes import Path

# Ten times as fast, where PyYAML was built with it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 40
MOST_VALUES = 200_000

Plain = str | int | float | bool | datetime.date | list[Any] | dict[str, Any] | None


@dataclass
class Document:
    """A page as plain values, with the line and the spelling of what stands on it.

    ``spelling`` has the text of each scalar that YAML reads as something else than text.
    """

    value: Plain = None
    lines: dict[Path, int] = field(default_factory=dict)
    spelling: dict[Path, str] = field(default_factory=dict)


def read_text(text: str, mistakes: Mistakes) -> Document:
    """Read YAML. What makes it unreadable, or ambiguous, is added to ``mistakes``."""
    document = Document()
    try:
        nodes = list(yaml.compose_all(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        last = len(text.rstrip().splitlines())  # the end of the text may be a line further
        document.lines[()] = max(1, min(mark.line + 1, last)) if mark else 1
        mistakes.add((), f"this is not YAML: {one_line(error.problem or error.context)}")
        return document
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mistakes.add((), f"this is not YAML: {one_line(error)}")
        return document
    if len(nodes) > 1:
        document.lines[()] = nodes[1].start_mark.line + 1
        mistakes.add((), "a page is one YAML document: take the line `---` out")
    elif nodes:
        Reading(document, mistakes).read(nodes[0], (), ())
    return document


def read_plain(value: object, mistakes: Mistakes) -> Document:
    """Take what somebody else has read from YAML, such as an answer that Copier holds.

    There are no lines then; ``lines`` counts the values, so that mistakes come in the order of the page.
    """
    document = Document()
    document.value = plain_copy(value, (), document.lines, mistakes)
    return document


def plain_copy(value: object, path: Path, lines: dict[Path, int], mistakes: Mistakes) -> Plain:
    lines.setdefault(path, len(lines) + 1)
    if len(lines) > MOST_VALUES:
        mistakes.add((), f"more than {MOST_VALUES} values: that is no page")
        return None
    if len(path) > DEEPEST:
        mistakes.add(path, f"nested more than {DEEPEST} levels deep: that is no page")
        return None
    if isinstance(value, dict):
        copy: dict[str, Any] = {}
        for key, item in value.items():
            inner = (*path, str(key))
            if not isinstance(key, str):
                lines.setdefault(inner, len(lines) + 1)
                mistakes.add(inner, not_a_key(key, quoted(key)))
            else:
                copy[key] = plain_copy(item, inner, lines, mistakes)
        return copy
    if isinstance(value, list | tuple):
        return [
            plain_copy(item, (*path, place), lines, mistakes) for place, item in enumerate(value)
        ]
    if value is None or isinstance(value, str | bool | int | float | datetime.date):
        return value
    mistakes.add(path, f"expected text, a number, a list or a mapping, got {type(value).__name__}")
    return None


def not_a_key(key: object, spelling: str) -> str:
    if isinstance(key, bool):
        return (
            f"{spelling} as a name is a boolean to YAML, not text: choose another name, or put it"
            " in quotes"
        )
    if key is None:
        return f"{spelling or 'an empty name'} as a name is null to YAML: choose another name"
    return f"a name is text, and {spelling} is none to YAML: choose another name"


def one_line(problem: object) -> str:
    return " ".join(str(problem).split())


class Reading:
    """One walk over the nodes of a document."""

    def __init__(self, document: Document, mistakes: Mistakes) -> None:
        self._document = document
        self._mistakes = mistakes
        self._constructor = yaml.SafeLoader("")
        self._values = 0
        self._is_too_large = False

    def read(self, node: yaml.Node, path: Path, around: tuple[int, ...]) -> None:
        """Read the whole document."""
        self._document.value = self._value(node, path, around)

    def _value(self, node: yaml.Node, path: Path, around: tuple[int, ...]) -> Plain:
        # A key's line is the better one: the value may start on the next.
        self._document.lines.setdefault(path, node.start_mark.line + 1)
        self._values += 1
        if id(node) in around:
            self._mistakes.add(path, "an alias stands within what it repeats: write it out")
            return None
        if len(around) > DEEPEST:
            self._mistakes.add(path, f"nested more than {DEEPEST} levels deep: that is no page")
            return None
        if self._values > MOST_VALUES:
            if not self._is_too_large:
                self._mistakes.add(path, f"more than {MOST_VALUES} values: that is no page")
            self._is_too_large = True
            return None
        inside = (*around, id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, inside)
        if isinstance(node, yaml.SequenceNode):
            return [
                self._value(item, (*path, place), inside) for place, item in enumerate(node.value)
            ]
        return self._scalar(node, path)

    def _mapping(
        self, node: yaml.MappingNode, path: Path, around: tuple[int, ...]
    ) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._key(key_node, path)
            if key is None:
                continue
            inner = (*path, key)
            if key in mapping:
                first = self._document.lines[inner]
                self._mistakes.add(
                    inner,
                    f"stands here twice, on lines {first} and {line}: keep one, YAML would drop the"
                    " first without a word",
                )
                continue
            self._document.lines[inner] = line
            mapping[key] = self._value(value_node, inner, around)
        return mapping

    def _key(self, node: yaml.Node, path: Path) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._mistake_on(node, path, "a name is text, and this is a list or a mapping")
            return None
        if node.tag == "tag:yaml.org,2002:merge":
            self._mistake_on(
                node, path, "`<<` is not read here: write the keys out, or share them as a value"
            )
            return None
        key = self._constructed(node, path)
        if isinstance(key, str):
            return key
        self._mistake_on(node, path, not_a_key(key, node.value))
        return None

    def _mistake_on(self, node: yaml.Node, path: Path, text: str) -> None:
        """Add a mistake about a key, on the key's own line."""
        spelling = node.value if isinstance(node.value, str) else "?"
        inner = (*path, spelling)
        self._document.lines.setdefault(inner, node.start_mark.line + 1)
        self._mistakes.add(inner, text)

    def _scalar(self, node: yaml.Node, path: Path) -> Plain:
        value = self._constructed(node, path)
        if not isinstance(value, str):
            self._document.spelling[path] = str(node.value)
        return value

    def _constructed(self, node: yaml.Node, path: Path) -> Plain:
        try:
            value = self._constructor.construct_object(node)
        except yaml.MarkedYAMLError:
            self._mistakes.add(path, f"{quoted(node.tag)} is not read here: plain YAML only")
            return None
        except (ValueError, OverflowError, TypeError):
            self._mistakes.add(
                path, f"YAML cannot read {quoted(node.value)}: put it in quotes if it is text"
            )
            return None
        if isinstance(value, str | bool | int | float | datetime.date) or value is None:
            return value
        self._mistakes.add(path, f"{quoted(node.tag)} is not read here: plain YAML only")
        return None
