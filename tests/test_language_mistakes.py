"""Every mistake in `contexts.yml` gets one line with its place and the remedy, and all come at once.

`tests/language/*.pages` hold pages with mistakes. After each line of a page stand the messages that are
expected for it, marked by `#! `; a page without them has to be good. A new case is written like that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from extensions import strata_contexts

PAGES = Path(__file__).parent / "language"
MARK = "#! "


@dataclass(frozen=True)
class Case:
    """A page, what is answered to the question for authentication, and all lines that it gets."""

    title: str
    page: str
    authentication: str
    lines: list[str]


def cases(text: str) -> list[Case]:
    """Part a file into its cases, and the messages from the pages."""
    found = []
    for block in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        title, _, body = block.partition("\n")
        named = re.search(r" \[authentication=(\w+)\]$", title)
        page: list[str] = []
        lines = []
        for row in body.removesuffix("\n").split("\n"):
            if row.startswith(MARK):
                lines.append(f"contexts.yml:{len(page)}: {row.removeprefix(MARK)}")
            else:
                page.append(row)
        found.append(Case(title, "\n".join(page), named[1] if named else "own", lines))
    return found


CASES = [case for file in sorted(PAGES.glob("*.pages")) for case in cases(file.read_text())]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_each_mistake_is_one_line_with_its_place_and_all_come_at_once(case: Case) -> None:
    lines = strata_contexts.check(
        case.page, authentication=case.authentication, file="contexts.yml"
    )

    assert lines == case.lines
    assert all("\n" not in line for line in lines)


def test_there_are_cases_with_mistakes_and_cases_without() -> None:
    assert len(CASES) > 60
    assert {bool(case.lines) for case in CASES} == {True, False}
    assert len({case.title for case in CASES}) == len(CASES)


def test_without_a_file_the_place_is_the_path_alone() -> None:
    lines = strata_contexts.check("contexts: [{name: ordering, aggregates: [{name: Order}]}]")

    assert lines == ['contexts[0].aggregates[0]: "Order" has no `fields`: add it']


def test_answers_that_copier_holds_are_judged_by_their_paths() -> None:
    page = {
        "contexts": [{"name": "ordering", "aggregates": [{"name": "Order", "fields": {True: 1}}]}]
    }

    with pytest.raises(strata_contexts.PageError) as refusal:
        strata_contexts.read_answers(page)

    assert refusal.value.lines == [
        "contexts[0].aggregates[0].fields.True: true as a name is a boolean to YAML, not text: choose"
        " another name, or put it in quotes",
    ]
