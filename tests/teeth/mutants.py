"""Mutants of a service with contexts: each differs from it by one careless change.

Code and migration are rendered from a page with that change, the tests from the page itself. A mutant that the
tests do not notice shows what they do not prove. What no page can say is changed in the code itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from extensions import strata_contexts
from extensions.strata_contexts import names
from tests.pages import rendered
from tests.teeth.in_code import IN_CODE, alike
from tests.teeth.of_aggregates import OF_AGGREGATES
from tests.teeth.of_fields import OF_FIELDS
from tests.teeth.spec import Home, Spec, aggregates, at, each_field, home_of, label_of, plain

ON_PAGE: Final = OF_FIELDS | OF_AGGREGATES
OPERATORS: Final = (*ON_PAGE, *IN_CODE)
AUTHENTICATION: Final = "own"
Files = dict[Path, str | None]
"""Files with their texts; None for those that are not there."""


@dataclass(frozen=True)
class Mutant:
    """A change, the files of the service that differ by it, and the tests that should notice it."""

    operator: str
    place: str
    files: Files
    tests: tuple[re.Pattern[str], ...]
    """For paths of tests: the home of the change first, then what uses it."""

    @property
    def name(self) -> str:
        return f"{self.operator}: {self.place}"


def mutants(page: Spec, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[Mutant]:
    """Yield every mutant of a page with a wanted name. What makes no difference to the code is none."""
    page = plain(page)
    before = code(page)
    tests = {home: tests_of(page, home) for home in homes(page)}
    for operator, changes in ON_PAGE.items():
        for place, way, changed in changes(page):
            label = f"{label_of(page, place)} {way}".rstrip()
            if wanted(f"{operator}: {label}") and (files := different(before, changed)):
                yield Mutant(operator, label, files, tests[home_of(page, place)])
    for home, patterns in tests.items():
        pairs = alike(page, home)
        for path in (path for path in before if is_code_of(page, home, path)):
            for operator, edits in IN_CODE.items():
                for where, text in edits(before[path], pairs):
                    mutant = Mutant(operator, f"{path}: {where}", {path: text}, patterns)
                    if wanted(mutant.name):
                        yield mutant


def code(page: Spec) -> dict[Path, str]:
    return dict(rendered(page, AUTHENTICATION, ("src/", "migrations/")))


def different(before: dict[Path, str], page: Spec) -> Files:
    """Return the files that a mutant has otherwise; none if the language refuses its page."""
    try:
        strata_contexts.read_answers(page, authentication=AUTHENTICATION)
    except strata_contexts.PageError:
        return {}
    if strata_contexts.unrendered(page):
        return {}
    after = code(page)
    changed: Files = {path: text for path, text in after.items() if before.get(path) != text}
    return changed | dict.fromkeys(before.keys() - after.keys())


def homes(page: Spec) -> Iterator[Home]:
    yield from (Home("", name) for name in page.get("values", {}))
    yield from (home_of(page, place) for place in aggregates(page))


def stems(page: Spec, home: Home) -> set[str]:
    """Return what the modules of an aggregate or a value are called."""
    snake = names.snake(home.name)
    if not home.context:
        return {snake}
    [spec] = [at(page, place) for place in aggregates(page) if home_of(page, place) == home]
    plural = spec.get("plural") or names.plural(snake)
    return {snake, str(plural)}


def is_code_of(page: Spec, home: Home, path: Path) -> bool:
    context = next((part for part in path.parts if part in contexts(page)), "")
    own = stems(page, home)
    modules = own | {f"{stem}_repo" for stem in own} | foreign_targets(page, home)
    return path.parts[0] == "src" and context == home.context and path.stem in modules


def foreign_targets(page: Spec, home: Home) -> set[str]:
    """Return the modules that ask other contexts for what an aggregate points to."""
    named = {
        str(at(page, place).get("to"))
        for place in each_field(page)
        if home_of(page, place) == home and "." in at(page, place).get("to", "")
    }
    return {names.plural(names.snake(name.partition(".")[2])) for name in named}


def contexts(page: Spec) -> set[str]:
    return {context["name"] for context in page["contexts"]}


def tests_of(page: Spec, home: Home) -> tuple[re.Pattern[str], ...]:
    users = [home] if home.context else [home, *users_of(page, home.name)]
    found = []
    for each in users:
        folder = f"{each.context}/" if each.context else ""
        words = "|".join(sorted(stems(page, each)))
        found.append(re.compile(rf"tests/\w+/\w+/{folder}test_(\w+_of_)?({words})(_repo)?\.py"))
    return tuple(found)


def users_of(page: Spec, value: str) -> list[Home]:
    """Return the aggregates that have a value of several fields."""
    found = [home_of(page, place) for place in each_field(page) if at(page, place)["type"] == value]
    return list(dict.fromkeys(found))
