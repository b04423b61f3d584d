"""Regular expressions that Python, ECMAScript and PostgreSQL read alike, and that cannot explode.

A pattern is held against the whole text, by the domain (Python), by clients (ECMAScript, through the
API document) and by a CHECK constraint (PostgreSQL). They differ in ``.``, ``\\d``, ``$``, look-aheads
and much else. So a pattern is parsed here by a small grammar of what is the same everywhere:

    literals, ``[a-z_]``, ``[^,]``, ``(...)``, ``(?:...)``, ``|``, ``*``, ``+``, ``?``, ``{2}``, ``{2,}``,
    ``{2,5}``, and ``\\`` before one of ``^$\\.*+?()[]{}|/`` or as ``\\n``, ``\\r``, ``\\t``.

Exponential time comes from ambiguity: a loop that can read the same text in two ways tries all
combinations before it gives up. ``ambiguous`` looks for that in the automaton of the positions
(Glushkov 1961; Weideman et al., "Analyzing Matching Time Behavior of Backtracking Regular Expression
Matchers by Using Ambiguity of NFA", 2016).
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_REPEATS: Final = 255  # PostgreSQL refuses more
MOST_POSITIONS: Final = 400
LONGEST_PATTERN: Final = 300
ESCAPABLE: Final = "^$\\.*+?()[]{}|/"
CONTROL: Final = {"n": "\n", "r": "\r", "t": "\t"}
LAST: Final = 0x10FFFF
USUAL: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ "
WRONG: Final = f"?0aA{string.punctuation}"
"""Characters of which a pattern does not match all."""
MANY: Final = 10**6  # stands for no upper bound

Ranges = tuple[tuple[int, int], ...]


class PatternError(Exception):
    """The pattern cannot be used; the text says why and what to write instead."""


@dataclass(frozen=True)
class Chars:
    """One character out of some."""

    ranges: Ranges
    place: int
    is_negated: bool = False
    """Whether it is written as those that it is not."""

    def holds(self, char: str) -> bool:
        return any(low <= ord(char) <= high for low, high in self.ranges)


@dataclass(frozen=True)
class Row:
    """One thing after another."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    """One of several things."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Loop:
    """The same thing some times over."""

    item: Node
    least: int
    most: int


Node = Chars | Row | Choice | Loop


@dataclass(frozen=True)
class Pattern:
    """A pattern that can be used, with the lengths that it can match."""

    text: str
    shortest: int
    longest: int | None
    root: Node

    def matches(self, text: str) -> bool:
        return re.fullmatch(self.text, text) is not None

    def example(self, least: int, most: int) -> str | None:
        """Return a text of such a length that matches, always the same; None if none was found."""
        return next(iter(self.examples(least, most, 1)), None)

    def examples(self, least: int, most: int, count: int) -> list[str]:
        """Return up to so many different texts of such lengths that match, always the same ones."""
        found: dict[str, None] = {}
        for variant in range(count):
            for times in range(most + 1):
                text = sample(self.root, times, variant)
                if least <= len(text) <= most and self.matches(text) and text == text.strip():
                    found[text] = None
                    break
                if len(text) > most:
                    break
        return list(found)

    def misfits(self, least: int, most: int) -> Iterator[str]:
        """Yield texts of such lengths that do not match, always the same ones."""
        chars = list(dict.fromkeys([*WRONG, *edges(self.root)]))
        sizes = range(max(least, 1), least + 2)
        same = (char * size for size in sizes for char in chars)
        pairs = (one + other for one in chars for other in chars)
        for text in chain(same, pairs, ("x" * most, "")):
            if least <= len(text) <= most and not self.matches(text):
                yield text


@lru_cache(maxsize=1_000)
def parse(text: str) -> Pattern:
    """Read a pattern.

    Raises:
        PatternError: it is no regular expression, means different things in different places, or
            may take exponential time.
    """
    if not text:
        raise PatternError("an empty pattern matches no text: leave it out")
    if len(text) > LONGEST_PATTERN:
        raise PatternError(f"a pattern has at most {LONGEST_PATTERN} characters: simplify it")
    refuse_anchors(text)
    root = Parser(text).parse()
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"no regular expression: {error}") from None
    if loop := ambiguous(root):
        raise PatternError(
            f"takes exponential time on some texts, since {loop} can read the same text in several"
            " ways: give each repetition a separator of its own, as in [a-z]+(-[a-z]+)*"
        )
    shortest, longest = lengths(root)
    return Pattern(text, shortest, None if longest >= MANY else longest, root)


def visible(text: str) -> str:
    """Write a pattern so that each of its characters is seen: a line break as ``\\n``."""
    escapes = {char: f"\\{letter}" for letter, char in CONTROL.items()}
    return "".join(
        char
        if char.isprintable() or ord(char) > 0xFFFF
        else escapes.get(char, f"\\u{ord(char):04X}")
        for char in text
    )


def refuse_anchors(text: str) -> None:
    if text[0] == "^" or re.search(r"(?<!\\)(?:\\\\)*\$$", text):
        inner = text.removeprefix("^").removesuffix("$")
        raise PatternError(
            "^ and $ are not needed, since a pattern is always held against the whole text"
            f"{inner and f': write {inner}'}"
        )


class Parser:
    """Reads the grammar above, by recursive descent."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._places = 0
        self._depth = 0

    def parse(self) -> Node:
        node = self._choice()
        if self._at < len(self._text):
            raise PatternError("no regular expression: a ) without its (")
        return node

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._peek()
        self._at += 1
        return char

    def _chars(self, ranges: Ranges, *, is_negated: bool = False) -> Chars:
        self._places += 1
        return Chars(ranges, self._places, is_negated)

    def _choice(self) -> Node:
        rows = [self._row()]
        while self._peek() == "|":
            self._at += 1
            rows.append(self._row())
        return rows[0] if len(rows) == 1 else Choice(tuple(rows))

    def _row(self) -> Node:
        items: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            items.append(self._repeated(self._one()))
        return items[0] if len(items) == 1 else Row(tuple(items))

    def _one(self) -> Node:
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._chars(single(self._escape(in_class=False)))
        if char == ".":
            raise PatternError(
                "`.` matches line breaks in PostgreSQL and not in Python: write [^\\n], or better"
                " the characters that may stand there (a full stop is \\.)"
            )
        if char in "^$":
            raise PatternError(
                f"`{char}` within a pattern is an anchor: for the character, write \\{char}"
            )
        if char in "*+?":
            raise PatternError(f"no regular expression: nothing to repeat before `{char}`")
        if char in "{}]":
            raise PatternError(f"`{char}` is read differently in different places: write \\{char}")
        self._refuse_odd(char)
        return self._chars(single(char))

    def _refuse_odd(self, char: str) -> None:
        if char == "\0" or 0xD800 <= ord(char) <= 0xDFFF:
            raise PatternError("a text never holds NUL or half a surrogate pair: take it out")

    def _group(self) -> Node:
        self._depth += 1
        if self._depth > 20:
            raise PatternError("groups are nested too deeply: simplify it")
        if self._peek() == "?":
            self._at += 1
            kind = self._next()
            if kind != ":":
                raise PatternError(
                    f"(?{kind} is read differently in different places, or not at all: only groups"
                    " (...) and (?:...) can be used"
                )
        node = self._choice()
        if self._next() != ")":
            raise PatternError("no regular expression: a ( without its )")
        self._depth -= 1
        return node

    def _escape(self, *, in_class: bool) -> str:
        char = self._next()
        if not char:
            raise PatternError("no regular expression: a \\ at the end")
        if char in ESCAPABLE or (in_class and char == "-"):
            return char
        if char in CONTROL:
            return CONTROL[char]
        remedies = {"d": "[0-9]", "w": "[A-Za-z0-9_]", "s": "a space, or [ \\t]", "D": "[^0-9]"}
        remedies |= {"W": "[^A-Za-z0-9_]", "S": "[^ \\t\\n]"}
        if char in remedies:
            raise PatternError(
                f"\\{char} is more in Python than in ECMAScript and PostgreSQL: write {remedies[char]}"
            )
        if char.isalnum():
            raise PatternError(
                f"\\{char} is read differently in different places: only \\n, \\r, \\t and \\ before"
                " a punctuation mark of regular expressions can be used"
            )
        raise PatternError(
            f"`{char}` needs no backslash, and ECMAScript refuses it: take the \\ out"
        )

    def _class(self) -> Chars:
        is_negated = self._peek() == "^"
        if is_negated:
            self._at += 1
        if self._peek() == "]":
            raise PatternError(
                "] first in [...] is read differently in different places: write \\]"
            )
        ranges: list[tuple[int, int]] = []
        while True:
            char = self._class_char()
            if char is None:
                break
            low = high = ord(char)
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                end = self._class_char()
                high = ord(end) if end else high
                if high < low:
                    raise PatternError(
                        f"no regular expression: the range {char}-{chr(high)} runs backwards"
                    )
            ranges.append((low, high))
        merged = merge(ranges)
        return self._chars(inverted(merged) if is_negated else merged, is_negated=is_negated)

    def _class_char(self) -> str | None:
        char = self._next()
        if not char:
            raise PatternError("no regular expression: a [ without its ]")
        if char == "]":
            return None
        if char == "\\":
            return self._escape(in_class=True)
        if char == "[":
            raise PatternError("[ within [...] is read differently in different places: write \\[")
        if char in "&|~-" and self._peek() == char:
            raise PatternError(f"{char}{char} within [...] is read differently in different places")
        self._refuse_odd(char)
        return char

    def _repeated(self, item: Node) -> Node:
        found = re.compile(r"[*+?]|\{([0-9]*)(,?)([0-9]*)\}").match(self._text, self._at)
        if not found:
            if self._peek() == "{":
                raise PatternError(
                    "`{` begins a count like {2} or {2,5}: for the character, write \\{"
                )
            return item
        self._at = found.end()
        least, most = self._counts(found)
        if self._peek() == "?":
            raise PatternError(
                f"{found[0]}? and {found[0]} match the same where the whole text has to match: take"
                " the ? out"
            )
        if self._peek() in ("*", "+", "{"):
            raise PatternError(
                f"{found[0]}{self._peek()} is read differently in different places: put what is"
                " repeated in (...), or repeat it once"
            )
        return Loop(item, least, most)

    def _counts(self, found: re.Match[str]) -> tuple[int, int]:
        if found[0] in ("*", "+", "?"):
            return {"*": (0, MANY), "+": (1, MANY), "?": (0, 1)}[found[0]]
        if not found[1]:
            raise PatternError(f"{found[0]} is text in ECMAScript: write {{0,{found[3] or 'n'}}}")
        least = int(found[1][:6])
        most = least if not found[2] else int(found[3][:6]) if found[3] else MANY
        if least > MOST_REPEATS or MOST_REPEATS < most < MANY:
            raise PatternError(
                f"{found[0]} is refused by PostgreSQL, which counts to {MOST_REPEATS}: use `max` for"
                " the length of the text"
            )
        if most < least:
            raise PatternError(f"no regular expression: {found[0]} counts backwards")
        return least, most


def single(char: str) -> Ranges:
    return ((ord(char), ord(char)),)


def merge(ranges: list[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def inverted(ranges: Ranges) -> Ranges:
    edges = [(-1, 0), *((low, high + 1) for low, high in ranges), (LAST + 1, 0)]
    free = [(before[1], after[0] - 1) for before, after in pairwise(edges)]
    return tuple((low, high) for low, high in free if low <= high)


def overlap(one: Chars, other: Chars) -> bool:
    return any(
        low <= other_high and other_low <= high
        for low, high in one.ranges
        for other_low, other_high in other.ranges
    )


def lengths(node: Node) -> tuple[int, int]:
    """Return how many characters a node matches at least and at most."""
    if isinstance(node, Chars):
        return 1, 1
    if isinstance(node, Loop):
        least, most = lengths(node.item)
        return least * node.least, min(MANY, most * node.most)
    both = [lengths(item) for item in node.items]
    if isinstance(node, Row):
        return sum(least for least, _ in both), min(MANY, sum(most for _, most in both))
    return min(least for least, _ in both), max(most for _, most in both)


def sample(node: Node, times: int, variant: int = 0) -> str:
    """Return a text that matches, with up to ``times`` more rounds of each loop than it needs.

    Another ``variant`` takes other characters and choices.
    """
    if isinstance(node, Chars):
        usual = usual_of(node)
        return usual[variant % len(usual)]
    if isinstance(node, Row):
        return "".join(sample(item, times, variant) for item in node.items)
    if isinstance(node, Choice):
        return sample(node.items[variant % len(node.items)], times, variant)
    return sample(node.item, times, variant) * min(node.most, node.least + times)


@lru_cache(maxsize=1_000)
def usual_of(node: Chars) -> tuple[str, ...]:
    """Return the characters of a node that people type; if there are none, the first ones that are seen."""
    return tuple(char for char in USUAL if node.holds(char)) or tuple(unusual(node))


def unusual(node: Chars) -> list[str]:
    """Return the first characters of a node that are seen; if none is, the first one."""
    every = (chr(code) for low, high in node.ranges for code in range(low, high + 1))
    seen = (char for char in every if char.isprintable() and not char.isspace())
    return list(islice(seen, len(USUAL))) or [chr(node.ranges[0][0])]


def edges(node: Node) -> Iterator[str]:
    """Yield the characters at the ends of each range, and those beside them."""
    if isinstance(node, Chars):
        codes = (code for low, high in node.ranges for code in (low - 1, low, high, high + 1))
        yield from (
            chr(code) for code in codes if 0 < code <= LAST and not 0xD800 <= code <= 0xDFFF
        )
    else:
        for item in node.items if isinstance(node, Row | Choice) else [node.item]:
            yield from edges(item)


@dataclass
class Automaton:
    """The positions of a pattern, and which of them may follow which."""

    chars: list[Chars] = field(default_factory=list)
    after: dict[int, set[int]] = field(default_factory=dict)
    doubled: bool = False

    def add(self, chars: Chars) -> int:
        if len(self.chars) >= MOST_POSITIONS:
            raise PatternError("has too many parts and repetitions: simplify it")
        self.chars.append(chars)
        self.after[len(self.chars) - 1] = set()
        return len(self.chars) - 1

    def join(self, ends: set[int], starts: set[int]) -> None:
        """Let each start follow each end; that it did already is a second way to do the same."""
        for end in ends:
            if self.after[end] & starts:
                self.doubled = True
            self.after[end] |= starts


@dataclass(frozen=True)
class Shape:
    """What an automaton needs to know of a node: whether it may be empty, where it starts and ends."""

    may_be_empty: bool
    starts: frozenset[int] | set[int]
    ends: frozenset[int] | set[int]


def ambiguous(root: Node) -> str:
    """Name a loop that can read the same text in two ways, or return an empty text."""
    for loop in loops(root):
        if loop.most < 2:
            continue
        automaton = Automaton()
        shape = build(automaton, loop.item)
        automaton.join(set(shape.ends), set(shape.starts))
        if automaton.doubled or (shape.may_be_empty and isinstance(loop.item, Loop)):
            return "a repetition within a repetition"
        if has_two_ways(automaton, set(shape.starts)):
            return "a repetition"
    return ""


def loops(node: Node) -> list[Loop]:
    """Return the loops of a node, the inner ones first."""
    if isinstance(node, Chars):
        return []
    if isinstance(node, Loop):
        return [*loops(node.item), node]
    return [loop for item in node.items for loop in loops(item)]


def build(automaton: Automaton, node: Node) -> Shape:
    if isinstance(node, Chars):
        place = automaton.add(node)
        return Shape(False, {place}, {place})
    if isinstance(node, Choice):
        shapes = [build(automaton, item) for item in node.items]
        return Shape(
            any(shape.may_be_empty for shape in shapes),
            set().union(*(shape.starts for shape in shapes)),
            set().union(*(shape.ends for shape in shapes)),
        )
    if isinstance(node, Row):
        return in_a_row(automaton, [build(automaton, item) for item in node.items])
    # A count is written out, up to a few: they are as ambiguous as many.
    needed = [build(automaton, node.item) for _ in range(min(node.least, 8))]
    if node.most > node.least:
        more = build(automaton, node.item)
        if node.most - node.least > 1:
            automaton.join(set(more.ends), set(more.starts))
        needed.append(Shape(True, more.starts, more.ends))
    return in_a_row(automaton, needed)


def in_a_row(automaton: Automaton, shapes: list[Shape]) -> Shape:
    whole = Shape(True, set(), set())
    for shape in shapes:
        automaton.join(set(whole.ends), set(shape.starts))
        whole = Shape(
            whole.may_be_empty and shape.may_be_empty,
            whole.starts | shape.starts if whole.may_be_empty else whole.starts,
            whole.ends | shape.ends if shape.may_be_empty else shape.ends,
        )
    return whole


def has_two_ways(automaton: Automaton, starts: set[int]) -> bool:
    """Tell whether two different runs over one text lead from a position back to it.

    Two positions run in step, as long as some character fits both. If they part and can meet again,
    a text has two runs; since all positions are in one loop, each round doubles their number.
    """
    chars, after = automaton.chars, automaton.after

    def steps(pair: tuple[int, int]) -> list[tuple[int, int]]:
        return [
            (one, other)
            for one in after[pair[0]]
            for other in after[pair[1]]
            if overlap(chars[one], chars[other])
        ]

    parted = {
        (one, other)
        for here in [*after.values(), starts]
        for one in here
        for other in here
        if one < other and overlap(chars[one], chars[other])
    }
    seen: set[tuple[int, int]] = set()
    waiting = list(parted)
    while waiting:
        pair = waiting.pop()
        if pair[0] == pair[1]:
            return True
        if pair in seen:
            continue
        seen.add(pair)
        waiting += steps(pair)
    return False
