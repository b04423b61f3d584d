"""Breaks a statement that is longer than a line, as ruff does."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from .brackets import (
    INDENT,
    WIDTH,
    Group,
    Item,
    ends_in_comma,
    fits,
    flat,
    is_leaf,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=", "in", "is", "not")


def statement(items: list[Item], indent: int, tail: str = "") -> Iterator[str]:
    """Yield the lines of a statement."""
    if fits(items, indent, tail):
        yield " " * indent + flat(items) + tail
        return
    first = items[0]
    if is_leaf(first, "def", "async", "class") and not is_leaf(items[1], "with", "for"):
        groups = [(n, each) for n, each in enumerate(items) if isinstance(each, Group)]
        place, group = groups[0]
        group.is_parameters = not is_leaf(first, "class")
        # Where there are no parameters, the brackets of what is returned are opened.
        yield from opened(items, place if group.items else groups[-1][0], indent, tail)
        return
    if is_leaf(first, "for") and is_leaf(items[2], "in"):
        called = items[-2]
        if isinstance(called, Group) and called.items:
            yield from opened(items, len(items) - 2, indent, tail)
        else:
            yield from loop(items, indent)
        return
    if len(items) > 2 and is_leaf(items[1], ":") and (end := end_of_annotation(items, indent)):
        yield from annotated(items, end, indent)
        return
    prefix, rest, colon = parts_of(items)
    yield from value(prefix, rest, indent, colon + tail)


def loop(items: list[Item], indent: int) -> Iterator[str]:
    """Yield the lines of a `for` over a call without arguments, which cannot be opened."""
    yield f"{' ' * indent}for ("
    yield f"{' ' * (indent + INDENT)}{flat(items[1:2])}"
    yield f"{' ' * indent}) {flat(items[2:])}"


def end_of_annotation(items: list[Item], indent: int) -> int:
    """Return where the annotation of a name ends; 0 where what the name is given is broken instead."""
    end = next((n for n, item in enumerate(items) if is_leaf(item, "=")), len(items))
    leaves_room = end < len(items) and fits(items[:end], indent, " = (")
    is_long = not leaves_room and any(isinstance(item, Group) for item in items[:end])
    return end if is_long else 0


def annotated(items: list[Item], end: int, indent: int) -> Iterator[str]:
    """Yield the lines of a name with a long annotation, and what it is by default."""
    kind, default = items[2:end], items[end:]
    tail = f" {flat(default)}" if default else ""
    if separators := operators(kind):
        yield f"{' ' * indent}{flat(items[:2])} ("
        yield from split_at(kind, separators, indent + INDENT)
        yield f"{' ' * indent}){tail}"
        return
    *lines, last = opened(items[:end], end - 1, indent, "")
    yield from lines
    if len(last + tail) <= WIDTH:
        yield last + tail
    else:
        first, *others = opened(default, len(default) - 1, indent, "")
        yield f"{last} {first.strip()}"
        yield from others


def parts_of(items: list[Item]) -> tuple[list[Item], list[Item], str]:
    """Part a statement into what stands before its expression, the expression, and a colon."""
    colon = ""
    if is_leaf(items[-1], ":"):
        items, colon = items[:-1], ":"
    equals = [n for n, item in enumerate(items) if is_leaf(item, "=")]
    if equals:
        return items[: equals[-1] + 1], items[equals[-1] + 1 :], colon
    if is_leaf(items[0], "return", "raise", "assert", "if", "elif", "yield", "await"):
        return items[:1], items[1:], colon
    return [], items, colon


def value(
    prefix: list[Item], rest: list[Item], indent: int, tail: str, *, is_enclosed: bool = False
) -> Iterator[str]:
    """Yield the lines of an expression that does not fit behind its prefix."""
    start = " " * indent + flat(prefix)
    gap = " " if prefix and rest[0].has_space else ""
    if prefix and is_leaf(prefix[-1], "=", "return") and any(is_leaf(each, ",") for each in rest):
        yield f"{start}{gap}("
        for element in listed(rest):
            yield from listed_item(element, indent + INDENT, ",")
        yield " " * indent + ")" + tail
        return
    separators = operators(rest)
    is_bare = is_enclosed and not is_conditional(rest)
    whole = [*prefix, *rest]
    first_line = indent + len(flat(whole[:-1])) + 1
    ends_open = isinstance(rest[-1], Group) and rest[-1].items and first_line <= WIDTH
    if len(separators) == 1 and ends_open and not is_bare:
        yield from opened(whole, len(whole) - 1, indent, tail)
        return
    if separators == [1] and isinstance(rest[0], Group) and not is_bare:
        yield from opened(whole, len(prefix), indent, tail)
        return
    if separators and is_bare:
        yield from split_at(whole, [n + len(prefix) for n in separators], indent, tail)
        return
    if separators:
        yield f"{start}{gap}("
        yield from split_at(rest, separators, indent + INDENT)
        yield " " * indent + ")" + tail
        return
    groups = [n for n, item in enumerate(rest) if isinstance(item, Group) and item.items]
    if groups:
        whole = [*prefix, *rest]
        place = groups[-1] - 1 if len(groups) > 1 and is_subscript_of_list(rest) else groups[-1]
        first_line = indent + len(flat(whole[: len(prefix) + place])) + 1
        inner_line = indent + INDENT + len(flat(rest[: max(place, 0)])) + 1
        inside: list[str] = []
        if prefix and first_line > WIDTH >= inner_line and not is_enclosed:
            inside = enclosed(rest, indent + INDENT)
        # Parentheses of which some line would still be too long are left out.
        if inside and max(map(len, inside)) <= WIDTH:
            yield f"{start}{gap}("
            yield from inside
            yield " " * indent + ")" + tail
        else:
            places = [len(prefix) + n for n in groups if n <= place]
            yield from opened(whole, to_open(whole, places, indent, tail), indent, tail)
    elif is_enclosed:
        yield start + gap + flat(rest) + tail
    elif prefix and indent + INDENT + len(flat(rest)) <= WIDTH and len(start + gap) > INDENT:
        yield f"{start}{gap}("
        yield " " * (indent + INDENT) + flat(rest)
        yield " " * indent + ")" + tail
    else:
        yield " " * indent + flat([*prefix, *rest]) + tail


def to_open(items: list[Item], places: list[int], indent: int, tail: str) -> int:
    """Return which brackets are opened: the last ones, unless what stands before them is too long."""
    for place in reversed(places):
        before, rest = flat(items[:place]), flat(items[place + 1 :])
        if indent + len(before) + 1 <= WIDTH and indent + 1 + len(rest) + len(tail) <= WIDTH:
            return place
    return places[-1]


def enclosed(items: list[Item], indent: int) -> list[str]:
    """Return the lines of an expression within parentheses of its own."""
    if fits(items, indent):
        return [" " * indent + flat(items)]
    return list(value([], items, indent, "", is_enclosed=True))


def is_subscript_of_list(items: list[Item]) -> bool:
    """Tell whether the items end in brackets that choose from a list before them."""
    chosen, listed = items[-1], items[-2]
    return isinstance(chosen, Group) and isinstance(listed, Group) and chosen.opening == "["


def is_conditional(items: list[Item]) -> bool:
    return any(is_leaf(item, "else") for item in items)


def operators(items: list[Item]) -> list[int]:
    """Return the places at which an expression is parted first: those of its loosest operators."""
    if items and is_leaf(items[0], "lambda", "for"):
        return []
    for kinds in (
        ("if", "else"),
        ("or",),
        ("and",),
        COMPARISONS,
        ("|",),
        ("&",),
        ("+", "-"),
        ("*",),
    ):
        found = [n for n, item in enumerate(items) if is_leaf(item, *kinds) and n]
        if kinds is COMPARISONS:
            found = [n for n in found if not is_negation(items, n)]
            found = [n for n in found if not is_leaf(items[n - 1], "is", "not")]
        if found:
            return found
    return []


def is_negation(items: list[Item], place: int) -> bool:
    """Tell whether this is a `not` of its own, not that of `not in`."""
    after = items[place + 1 : place + 2]
    return is_leaf(items[place], "not") and not (after and is_leaf(after[0], "in"))


def split_at(items: list[Item], places: list[int], indent: int, tail: str = "") -> Iterator[str]:
    if fits(items, indent, tail):
        yield " " * indent + flat(items) + tail
        return
    bounds = [0, *places, len(items)]
    pieces = [items[a:b] for a, b in itertools.pairwise(bounds)]
    for piece in pieces:
        end = tail if piece is pieces[-1] else ""
        if fits(piece, indent, end):
            yield " " * indent + flat(piece) + end
        else:
            yield from value([], piece, indent, end, is_enclosed=True)


def opened(items: list[Item], place: int, indent: int, tail: str) -> Iterator[str]:
    """Yield lines in which one pair of brackets stands open."""
    group = items[place]
    if not isinstance(group, Group):
        raise TypeError(f"no brackets: {flat(items)}")
    before, rest = flat(items[:place]), items[place + 1 :]
    after = f"{' ' if rest and rest[0].has_space else ''}{flat(rest)}"
    gap = " " if group.has_space and before else ""
    yield f"{' ' * indent}{before}{gap}{group.opening}"
    yield from contents(group, indent + INDENT)
    yield f"{' ' * indent}{group.closing}{after}{tail}"


def contents(group: Group, indent: int) -> Iterator[str]:
    """Yield what stands in brackets: on one line if that fits, else an item on each."""
    elements = list(listed(group.items))
    is_one_parameter = group.is_parameters and len(elements) == 1
    is_display = group.is_display and len(elements) > 1
    may_be_flat = not (ends_in_comma(group) or is_one_parameter or is_display)
    if may_be_flat and fits(group.items, indent):
        yield " " * indent + flat(group.items)
        return
    if loops := [n for n, item in enumerate(group.items) if is_leaf(item, "for", "async")]:
        conditions = [
            n for n, item in enumerate(group.items) if n > loops[0] and is_leaf(item, "if")
        ]
        yield from split_at(group.items, [*loops, *conditions], indent)
        return
    is_alone = len(elements) == 1 and not ends_in_comma(group) and not group.is_parameters
    ending = "" if is_alone else ","
    for element in elements:
        yield from listed_item(element, indent, ending)


def listed(items: list[Item]) -> Iterator[list[Item]]:
    element: list[Item] = []
    for item in items:
        if is_leaf(item, ","):
            yield element
            element = []
        else:
            element.append(item)
    if element:
        yield element


def listed_item(items: list[Item], indent: int, tail: str) -> Iterator[str]:
    if fits(items, indent, tail):
        yield " " * indent + flat(items) + tail
        return
    mark = next((n for n, item in enumerate(items) if is_leaf(item, "=", ":")), None)
    if mark is None:
        yield from value([], items, indent, tail, is_enclosed=True)
    else:
        yield from value(items[: mark + 1], items[mark + 1 :], indent, tail, is_enclosed=True)
