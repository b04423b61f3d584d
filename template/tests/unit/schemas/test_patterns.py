"""The patterns in the API document accept the same texts as the domain.

A schema type is named after its value object: `CurrencyText` for `Currency`. Clients interpret its
pattern as ECMAScript (JSON Schema, "Regular Expressions"). So a pattern may only use syntax that means
the same in Python, and the tests try it with every Unicode character.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any
from unicodedata import category

import pytest
from pydantic import TypeAdapter

import domain
import schemas
from domain.shared import DomainError
from schemas.base import CamelModel, FilledText, Text

# Without `\s`, `\w`, `\d`, `\b` and `.`, which match different characters in the two languages, and
# without syntax that only one of them supports.
_LISTED = r"[^\\\[\]]|\\[\\\[\]^$.*+?(){}|/tnfr-]|\\x[0-9a-f]{2}|\\u[0-9A-F]{4}"
_PORTABLE = re.compile(
    rf"""\^ (?:
        [A-Za-z0-9\ !"#%&',/:;<=>@_`~\u0080-\U0010ffff-]                # a character
        | \\[\\\[\]^$.*+?(){{}}|/tnfr]
        | \[ \^? (?:{_LISTED})+ \]                                       # a list of them
        | \( (?: \?: | (?!\?) ) | \) | \|                                # a group
        | (?: [*+?] | \{{ [0-9]+ (?: , [0-9]* )? \}} ) (?![*+?])          # how often
    )* \$""",
    re.VERBOSE | re.ASCII,
)


Parse = Callable[[str], object]


def _declared(kind: Any) -> str | None:
    pattern: str | None = TypeAdapter(kind).json_schema().get("pattern")
    return pattern


def _modules(package: ModuleType) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the context and the name of each module, and the members that it defines."""
    for found in walk_packages(package.__path__, f"{package.__name__}."):
        module = import_module(found.name)
        tree = ast.parse(Path(str(module.__file__)).read_text())
        imported = {
            each.asname or each.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for each in node.names
        }
        members = {name: kind for name, kind in vars(module).items() if name not in imported}
        path = found.name.split(".")
        yield path[1], path[-1], members


_ANY_TEXT = {_declared(Text), _declared(FilledText)}
PATTERNS = {
    (context, module, name.removesuffix("Text")): (kind, pattern)
    for context, module, members in _modules(schemas)
    for name, kind in members.items()
    if name.endswith("Text") and (pattern := _declared(kind)) and pattern not in _ANY_TEXT
}
VALUES: dict[tuple[str, str, str], Parse] = {
    (context, module, name): kind.parse
    for context, module, members in _modules(domain)
    for name, kind in members.items()
    if isinstance(kind, type) and hasattr(kind, "parse")
}


def _parser_of(context: str, module: str, name: str) -> Parse | None:
    """Return how the domain parses a text, by the place and the name of its schema type.

    Modules of the domain are called like those of the schemas if value objects of a context have the same name.
    """
    found = {
        its_module: parse
        for (its_context, its_module, its_name), parse in VALUES.items()
        if (its_context, its_name) == (context, name)
    }
    return found.get(module, next(iter(found.values()), None))


def test_every_pattern_belongs_to_a_value_object() -> None:
    assert [key for key in PATTERNS if _parser_of(*key) is None] == []


def test_no_pattern_is_declared_where_it_is_not_tried() -> None:
    tried = {pattern for _, pattern in PATTERNS.values()} | _ANY_TEXT
    shapes = {
        shape
        for _, _, members in _modules(schemas)
        for shape in members.values()
        if isinstance(shape, type) and issubclass(shape, CamelModel)
    }

    found = {each for shape in shapes for each in _patterns_in(shape.model_json_schema())}

    assert found - tried == set()


def test_every_pattern_means_the_same_in_ecmascript() -> None:
    unclear = [pattern for _, pattern in PATTERNS.values() if not _PORTABLE.fullmatch(pattern)]

    assert unclear == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\s*a$",
        r"^\w$",
        r"^\d$",
        "^.$",
        r"^[\s]$",
        "^a",
        "a$",
        "^(?=a)a$",
        "^(?i:a)$",
        "^(?P<a>b)$",
        "^a++$",
    ],
)
def test_a_pattern_that_means_something_else_is_found(pattern: str) -> None:
    assert not _PORTABLE.fullmatch(pattern)


@pytest.mark.fuzz  # takes seconds, and coverage would triple them
def test_the_domain_and_the_patterns_agree_on_every_character() -> None:
    faults = {
        f"{'.'.join(key)}: U+{ord(character):04X} at {place}"
        for key, (kind, pattern) in PATTERNS.items()
        if (parse := _parser_of(*key))
        for example in [TypeAdapter(kind).json_schema()["examples"][0]]
        for character, place in _disagreements(example, pattern, parse, _characters())
    }

    assert faults == set()


def test_a_domain_that_takes_something_else_is_found() -> None:
    def parse(raw: str) -> None:
        if raw.strip().lower() != "kelvin":
            raise DomainError("no")

    odd = ["\N{NO-BREAK SPACE}", "\N{KELVIN SIGN}", "\x1f", "\x85"]
    found = _disagreements("kelvin", "^[ \\t]*[Kk]elvin[ \\t]*$", parse, [*odd, " ", "x", "é"])

    assert {character for character, _ in found} == set(odd)


def _characters() -> list[str]:
    """Return all assigned characters of Unicode, and one of each other category.

    `Text` refuses NUL, U+FFFD and lone surrogates, whatever a pattern says of them.
    """
    everything = map(chr, range(1, sys.maxunicode + 1))
    assigned = [each for each in everything if category(each) not in {"Cn", "Co", "Cs"}]
    return [*(each for each in assigned if each != "\ufffd"), "\u0378", "\ue000", "\U0010ffff"]


def _disagreements(
    example: str, pattern: str, parse: Parse, characters: Iterable[str]
) -> Iterator[tuple[str, int]]:
    """Put each character at the start, in the middle, at the end, and in place of the first one."""
    # In Python, `$` would also match before a final line break.
    fits = re.compile(pattern.removesuffix("$") + r"\Z").search
    middle = len(example) // 2
    for start, end in ((0, 0), (0, 1), (middle, middle), (len(example), len(example))):
        before, after = example[:start], example[end:]
        for character in characters:
            text = before + character + after
            if (fits(text) is not None) != _is_taken(parse, text):
                yield character, start


def _is_taken(parse: Parse, text: str) -> bool:
    try:
        parse(text)
    except DomainError:
        return False
    return True


def _patterns_in(schema: Any) -> Iterator[str]:
    match schema:
        case dict():
            if isinstance(pattern := schema.get("pattern"), str):
                yield pattern
            for part in schema.values():
                yield from _patterns_in(part)
        case list():
            for part in schema:
                yield from _patterns_in(part)
