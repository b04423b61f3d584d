"""A statement as tokens and brackets, and whether it fits on a line."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field
from typing import Final

WIDTH: Final = 100
INDENT: Final = 4
OPENING: Final = {"(": ")", "[": "]", "{": "}"}
CLOSING: Final = frozenset(OPENING.values())
WORDS: Final = frozenset([*keyword.kwlist, "case", "match"])
"""Words before brackets that are not those of a call."""
TEXT: Final = r'"""(?:\\.|.)*?"""|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\''
TOKEN: Final = re.compile(
    rf"#[^\n]*|[A-Za-z]{{0,2}}(?:{TEXT})|[0-9][\w.]*|\w+|\.\.\.|->|//|\*\*|[-+*/%&|^<>=!:]=|\S",
    re.DOTALL,
)


@dataclass
class Leaf:
    """A token, with whether a space stands before it."""

    text: str
    has_space: bool


@dataclass
class Group:
    """Brackets, with what stands between them."""

    opening: str
    has_space: bool
    is_call: bool = False
    is_parameters: bool = False
    items: list[Item] = field(default_factory=list)

    @property
    def is_display(self) -> bool:
        """Whether it is a tuple, a list or the like, whose items stand on a line each."""
        return not (self.is_call or self.is_parameters)

    @property
    def closing(self) -> str:
        return OPENING[self.opening]


Item = Leaf | Group


def tokens(text: str) -> list[Leaf]:
    """Return the tokens of a statement. Unlike `tokenize`, this does not say where they stand."""
    found: list[Leaf] = []
    end = 0
    for token in TOKEN.finditer(text):
        gap = text[end : token.start()]
        is_first_in_brackets = bool(found) and "\n" in gap and found[-1].text in OPENING
        found.append(Leaf(token[0], has_space=bool(gap) and not is_first_in_brackets))
        end = token.end()
    return found


def grouped(leaves: list[Leaf]) -> list[Item]:
    whole = Group("(", has_space=False)
    open_groups = [whole]
    last = ""
    for leaf in leaves:
        if leaf.text in CLOSING:
            open_groups.pop()
        elif leaf.text in OPENING:
            group = Group(leaf.text, leaf.has_space, is_call=is_called(last))
            open_groups[-1].items.append(group)
            open_groups.append(group)
        else:
            open_groups[-1].items.append(leaf)
        last = leaf.text
    return whole.items


def is_called(last: str) -> bool:
    """Tell whether brackets after a token are those of a call."""
    return (last.isidentifier() and last not in WORDS) or last in CLOSING


def flat(items: list[Item]) -> str:
    """Write items on one line. A comma that ends a list makes it long, so it is not written."""
    text = ""
    for item in items:
        text += " " if item.has_space and text else ""
        if isinstance(item, Leaf):
            text += item.text
        else:
            inner = (
                item.items[:-1] if ends_in_comma(item) and not is_one_tuple(item) else item.items
            )
            text += item.opening + flat(inner) + item.closing
    return text


def ends_in_comma(group: Group) -> bool:
    return bool(group.items) and is_leaf(group.items[-1], ",")


def is_one_tuple(group: Group) -> bool:
    return (
        group.opening == "("
        and not group.is_call
        and sum(is_leaf(item, ",") for item in group.items) == 1
    )


def is_leaf(item: Item, *texts: str) -> bool:
    return isinstance(item, Leaf) and item.text in texts


def stays_long(items: list[Item]) -> bool:
    """Tell whether a list among the items ends in a comma, so that ruff leaves it broken."""
    return any(
        isinstance(item, Group)
        and ((ends_in_comma(item) and not is_one_tuple(item)) or stays_long(item.items))
        for item in items
    )


def fits(items: list[Item], indent: int, tail: str = "") -> bool:
    return not stays_long(items) and indent + len(flat(items)) + len(tail) <= WIDTH
