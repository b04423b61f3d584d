"""Lays rendered Python out as ruff does, so that a service needs no formatting after it is rendered.

Templates import all that they may need, and write each statement on one line. This module drops the
imports that a rendered file does not use, sorts the others, moves those that only annotations use below
``TYPE_CHECKING``, and breaks lines of more than 100 characters. Names decide all of that, so a template
cannot.

It knows the statements that the templates print, not all of Python. Tests ask ruff whether it agrees.
"""

from __future__ import annotations

import ast
import io
import itertools
import keyword
import re
import sys
import tokenize
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WIDTH: Final = 100
INDENT: Final = 4
OURS: Final = ("application", "domain", "infrastructure", "presentation", "schemas", "tests")
OPENING: Final = {"(": ")", "[": "]", "{": "}"}
IMPORTS: Final = (ast.Import, ast.ImportFrom)
COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=", "in", "is", "not")


def laid_out(source: str) -> str:
    """Return a module as ruff would format it, with its imports sorted and none unused."""
    tree = ast.parse(source)
    head, body = parted(source, tree)
    wrapped = "\n".join(broken_lines("\n".join(combined(body.splitlines()))))
    return spaced(head, imports(tree), wrapped, tree)


# Imports


@dataclass(frozen=True)
class Imported:
    """A name that a module imports."""

    module: str
    name: str
    bound: str = ""
    """What it is called in the module, if that differs."""

    @property
    def local(self) -> str:
        return self.bound or self.name.partition(".")[0]

    @property
    def written(self) -> str:
        return f"{self.name} as {self.bound}" if self.bound else self.name


def parted(source: str, tree: ast.Module) -> tuple[str, str]:
    """Return the docstring of a module, and what stands below its imports."""
    lines = source.splitlines()
    first = tree.body[0] if tree.body else None
    is_documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring_ends = (first.end_lineno or 0) if first is not None and is_documented else 0
    ends = [node.end_lineno or 0 for node in tree.body if isinstance(node, IMPORTS)]
    below = max([docstring_ends, *ends])
    return "\n".join(lines[:docstring_ends]).strip(), "\n".join(lines[below:]).strip("\n")


def imports(tree: ast.Module) -> str:
    """Return the import statements of a module, without those that it does not use."""
    found = {
        Imported(getattr(node, "module", ""), each.name, each.asname or "")
        for node in tree.body
        if isinstance(node, IMPORTS)
        for each in node.names
    }
    is_lazy = Imported("__future__", "annotations") in found
    at_run_time, anywhere = used(tree, is_lazy=is_lazy)
    future = {each for each in found if each.module == "__future__"}
    needed = {each for each in found if each.local in anywhere or is_loaded(each)} - future
    early = {each for each in needed if is_early(each, at_run_time)}
    late = needed - early
    if late:
        early.add(Imported("typing", "TYPE_CHECKING"))
    blocks = [sorted_block(future, 0), sorted_block(early, 0)]
    if late:
        blocks.append(f"if TYPE_CHECKING:\n{sorted_block(late, INDENT)}")
    return "\n\n".join(filter(None, blocks))


def is_loaded(each: Imported) -> bool:
    """Tell whether a module is imported to be loaded, as `import a.b` is."""
    return not each.module and "." in each.name


def is_early(each: Imported, at_run_time: set[str]) -> bool:
    """Tell whether a module needs an import when it runs."""
    return is_loaded(each) or each.module == "typing" or each.local in at_run_time


def used(tree: ast.Module, *, is_lazy: bool) -> tuple[set[str], set[str]]:
    """Return the names that a module uses when it runs, and those that it uses at all."""
    names = Names()
    names.visit(tree)
    anywhere = names.at_run_time | names.in_annotations
    return (names.at_run_time if is_lazy else anywhere), anywhere


class Names(ast.NodeVisitor):
    """Collects the names that a module uses."""

    def __init__(self) -> None:
        self.at_run_time: set[str] = set()
        self.in_annotations: set[str] = set()
        self._found = self.at_run_time

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._found.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            self._found |= set(ast.literal_eval(node.value))
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotated(node, node.annotation)

    def visit_arg(self, node: ast.arg) -> None:
        self._annotated(node, node.annotation)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._annotated(node, node.returns)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._annotated(node, node.returns)

    def _annotated(self, node: ast.AST, annotation: ast.expr | None) -> None:
        for child in ast.iter_child_nodes(node):
            if child is not annotation:
                self.visit(child)
        if annotation is not None:
            outside, self._found = self._found, self.in_annotations
            self.visit(annotation)
            self._found = outside


def sorted_block(found: Iterable[Imported], indent: int) -> str:
    sections: dict[int, list[Imported]] = {}
    for each in found:
        sections.setdefault(section_of(each.module or each.name), []).append(each)
    return "\n\n".join(
        "\n".join(import_lines(sections[section], indent)) for section in sorted(sections)
    )


def import_lines(found: list[Imported], indent: int) -> Iterator[str]:
    """Yield the statements of one section: whole modules first."""
    for name in sorted((each.written for each in found if not each.module), key=in_order):
        yield f"{' ' * indent}import {name}"
    for module in sorted({each.module for each in found if each.module}, key=in_order):
        yield import_line(module, (each.written for each in found if each.module == module), indent)


def section_of(module: str) -> int:
    top = module.partition(".")[0]
    if top in OURS:
        return 2
    return 0 if top in sys.stdlib_module_names else 1


def in_order(name: str) -> list[tuple[int, int, str]]:
    """Compare numbers in names by their value, as ruff does."""
    parts = re.findall(r"[0-9]+|[^0-9]", name)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def import_line(module: str, names: Iterable[str], indent: int) -> str:
    listed = sorted(set(names), key=member_order)
    line = f"{' ' * indent}from {module} import {', '.join(listed)}"
    if len(line) <= WIDTH:
        return line
    inner = "".join(f"{' ' * (indent + INDENT)}{name},\n" for name in listed)
    return f"{' ' * indent}from {module} import (\n{inner}{' ' * indent})"


def member_order(name: str) -> tuple[int, list[tuple[int, int, str]], str]:
    """Sort constants before classes before all else, as ruff does."""
    is_constant = len(name) > 1 and name.isupper()
    return (not is_constant) + (not name[0].isupper()), in_order(name.lower()), name


# Blank lines


def spaced(head: str, imported: str, body: str, tree: ast.Module) -> str:
    """Put the parts of a module together, with the blank lines that belong between them."""
    body = re.sub(r'("""[^"\n]+)\n\s*"""\n', r'\1"""\n', body)
    text = re.sub(r"\n{3,}(?=[ \t])", "\n\n", re.sub(r"\n{4,}", "\n\n\n", body)).strip("\n")
    rest = [node for node in tree.body if not isinstance(node, IMPORTS)]
    rest = rest[1:] if head else rest
    defines = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    gap = "\n\n\n" if rest and isinstance(rest[0], defines) else "\n\n"
    top = "\n\n".join(filter(None, [head, imported]))
    return (gap.join(filter(None, [top, text]))) + "\n"


# Nested blocks


def combined(lines: list[str]) -> Iterator[str]:
    """Yield lines in which a `with` that holds nothing but another one is one with it."""
    place = 0
    while place < len(lines):
        line, below = lines[place], lines[place + 1 : place + 2]
        outer = re.fullmatch(r"( *)with (.*):", line)
        inner = re.fullmatch(r"( *)with (.*):", below[0]) if below else None
        if outer and inner:
            end = end_of_block(lines, place + 1, len(outer[1]))
            if end == end_of_block(lines, place + 2, len(inner[1])):
                yield f"{outer[1]}with {outer[2]}, {inner[2]}:"
                yield from (each.removeprefix(" " * INDENT) for each in lines[place + 2 : end])
                place = end
                continue
        yield line
        place += 1


def end_of_block(lines: list[str], start: int, indent: int) -> int:
    """Return the first line from a start on that stands no deeper than an indent."""
    for place in range(start, len(lines)):
        text = lines[place].lstrip()
        if text and len(lines[place]) - len(text) <= indent:
            return place
    return len(lines)


# Long lines


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


OPEN: Final = re.compile(r"[(\[{,]\s*$|^\s*[)\]}]|,\s*[)\]}]")
"""A line in which a statement goes on, or a comma that keeps one broken."""


def broken_lines(body: str) -> Iterator[str]:
    """Yield the lines of some code, in which no statement is longer than it has to be."""
    for lines in top_level(body.splitlines()):
        if any(len(line) > WIDTH or OPEN.search(line) for line in lines):
            yield from relaid(lines)
        else:
            yield from (line.rstrip() for line in lines)


def top_level(lines: list[str]) -> Iterator[list[str]]:
    """Part a module at its definitions, so that only those with long lines are read."""
    found: list[str] = []
    is_text = is_after_blank = False
    for line in lines:
        if is_after_blank and not is_text and line[:1].strip():
            yield found
            found = []
        found.append(line)
        is_text ^= line.count('"""') % 2 == 1
        is_after_blank = not line.strip()
    yield found


def relaid(lines: list[str]) -> Iterator[str]:
    """Yield the lines of some code, each statement broken as its length asks for."""
    done = 0
    for tokens in statements("\n".join(lines)):
        start, end = tokens[0].start[0] - 1, tokens[-1].end[0]
        yield from (line.rstrip() for line in lines[done:start])
        done = end
        is_text = tokens[0].type == tokenize.STRING and len(tokens) == 1
        is_commented = any(token.type == tokenize.COMMENT for token in tokens)
        if is_text or is_commented:
            yield from (line.rstrip() for line in lines[start:end])
        else:
            yield from statement(grouped(tokens), tokens[0].start[1])
    yield from lines[done:]


def statements(body: str) -> Iterator[list[tokenize.TokenInfo]]:
    skipped = (tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.ENDMARKER)
    found: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(body + "\n").readline):
        if token.type == tokenize.NEWLINE:
            if found:
                yield found
            found = []
        elif token.type == tokenize.COMMENT and not found:
            continue
        elif token.type not in skipped:
            found.append(token)


def grouped(tokens: list[tokenize.TokenInfo]) -> list[Item]:
    whole = Group("(", has_space=False)
    open_groups = [whole]
    last: tokenize.TokenInfo | None = None
    for token in tokens:
        has_space = False
        if last is not None:
            same_line = last.end[0] == token.start[0]
            has_space = last.end[1] != token.start[1] if same_line else last.string not in OPENING
        if token.string in OPENING.values() and token.type == tokenize.OP:
            open_groups.pop()
        elif token.string in OPENING and token.type == tokenize.OP:
            group = Group(token.string, has_space, is_call=is_called(last))
            open_groups[-1].items.append(group)
            open_groups.append(group)
        else:
            open_groups[-1].items.append(Leaf(token.string, has_space))
        last = token
    return whole.items


def is_called(last: tokenize.TokenInfo | None) -> bool:
    """Tell whether brackets after a token are those of a call."""
    if last is None:
        return False
    words = (*keyword.kwlist, "case", "match")
    is_name = last.type == tokenize.NAME and last.string not in words
    return is_name or last.string in OPENING.values()


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
    if items and is_leaf(items[0], "await", "lambda", "for"):
        return []
    for kinds in (("if", "else"), ("or",), ("and",), COMPARISONS, ("|",), ("&",), ("+", "-")):
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
