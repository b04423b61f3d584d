"""What the API document says of a pattern: exactly the texts that the domain takes.

White space around a text is cut off, so it may stand there, and what the pattern matches must not begin
or end with any. No text holds NUL or U+FFFD. Where no pattern can say all this, there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from . import patterns
from .literals import grouped
from .patterns import LAST, MANY, Chars, Choice, Loop, inverted, merge

if TYPE_CHECKING:
    from .field_types import StringField
    from .patterns import Node, Ranges

BLANKS: Final = " \t\n\f\r"
BLANK_PATTERN: Final = r"[ \t\n\f\r]*"
NO_TEXT: Final = "\0\ufffd"
NEGATED: Final = re.compile(r"(\\.)|\[\^((?:\\.|[^\]\\])*)\]|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
ESCAPED: Final = {"\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", "\ufffd": r"\uFFFD"}


def declared(spec: StringField) -> str:
    """Return the pattern that says what a field takes; an empty text if none can."""
    own = patterns.visible(spec.pattern or "")
    pattern = patterns.parse(spec.pattern or "")
    if is_said(pattern.root) and pattern.shortest >= spec.min:
        text = NEGATED.sub(without_odd, grouped(own))
    elif isinstance(pattern.root, Loop) and isinstance(pattern.root.item, Chars):
        text = repeated(pattern.root, pattern.root.item, spec)
    else:
        return ""
    return f"^{BLANK_PATTERN}{text}{BLANK_PATTERN}$"


def is_said(root: Node) -> bool:
    """Tell whether a pattern matches only what has no white space around it, and is text."""
    around = [*edges(root, 1), *edges(root, -1)]
    return not any(chars.holds(blank) for chars in around for blank in BLANKS) and all(
        chars.is_negated or not chars.holds("\ufffd") for chars in every(root)
    )


def every(node: Node) -> list[Chars]:
    if isinstance(node, Chars):
        return [node]
    if isinstance(node, Loop):
        return every(node.item)
    return [chars for item in node.items for chars in every(item)]


def edges(node: Node, step: int) -> list[Chars]:
    """Return the characters that a match may begin with, or those that it may end with (-1)."""
    if isinstance(node, Chars):
        return [node]
    if isinstance(node, Loop):
        return edges(node.item, step) if node.most else []
    if isinstance(node, Choice):
        return [chars for item in node.items for chars in edges(item, step)]
    found: list[Chars] = []
    for item in node.items[::step]:
        found += edges(item, step)
        if patterns.lengths(item)[0]:
            break
    return found


def without_odd(match: re.Match[str]) -> str:
    r"""Write ``[^,]`` as ``[^,\x00\uFFFD]``."""
    return match[0] if match[2] is None else rf"[^{match[2]}\x00\uFFFD]"


def repeated(loop: Loop, item: Chars, spec: StringField) -> str:
    """Write one repeated character so that a text has enough of them, and no white space around it."""
    least, most = max(loop.least, spec.min), min(loop.most, spec.max)
    most = MANY if loop.most >= MANY else most
    inner = less(item.ranges, NO_TEXT)
    edge = less(inner, BLANKS)
    if inner == edge:
        return f"{listed(inner)}{count(least, most)}"
    if most == 1:
        return listed(edge)
    between = f"{listed(inner)}{count(max(0, least - 2), MANY if most >= MANY else most - 2)}"
    between = "" if most == 2 else between
    if least > 1:
        return f"{listed(edge)}{between}{listed(edge)}"
    return f"{listed(edge)}(?:{between}{listed(edge)})?"


def less(ranges: Ranges, chars: str) -> Ranges:
    """Return characters without some of them."""
    taken = [(ord(char), ord(char)) for char in chars]
    return inverted(merge([*inverted(ranges), *taken]))


def count(least: int, most: int) -> str:
    known = {(0, MANY): "*", (1, MANY): "+", (0, 1): "?", (1, 1): ""}
    if (least, most) in known:
        return known[least, most]
    if least == most:
        return f"{{{least}}}"
    return f"{{{least},{'' if most >= MANY else most}}}"


def listed(ranges: Ranges) -> str:
    """Write characters as ``[...]``."""
    has_last = bool(ranges) and ranges[-1][1] == LAST
    start, shown = ("[^", inverted(ranges)) if has_last else ("[", ranges)
    return f"{start}{''.join(map(spelled, shown))}]"


def spelled(pair: tuple[int, int]) -> str:
    low, high = map(character, pair)
    if pair[0] == pair[1]:
        return low
    return f"{low}{high}" if pair[1] == pair[0] + 1 else f"{low}-{high}"


def character(code: int) -> str:
    char = chr(code)
    if char in ESCAPED:
        return ESCAPED[char]
    if char in "\\[]^-":
        return f"\\{char}"
    if char.isprintable():
        return char
    return rf"\x{code:02x}" if code < 256 else char
