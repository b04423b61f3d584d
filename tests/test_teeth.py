"""The tests that are rendered for contexts fail when the code of a context is wrong."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from tests.benchmarks.teeth import PAGE, judged, printed
from tests.teeth.judging import BY_IMPORT, NOTICED, UNNOTICED, Verdict
from tests.teeth.mutants import OPERATORS, Mutant, mutants
from tests.teeth.report import LEAST, REASONS, page_about, reason_for, share, unnoticed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import MakeService

ENTITY: Final = Path("src/domain/ordering/order.py")
A_FEW: Final = {
    "a maximum is dropped: ordering.Order.fields.reference",
    "a minimum is one more: ordering.Order.fields.reference",
    "something required is optional: ordering.Customer.fields.name",
    "a rule compares otherwise: ordering.Order.rules.ends_after_start by >",
    "a step starts from one state more: ordering.Order.lifecycle.transitions.ship.from and draft",
    "a permission is opened: ordering.Order.may.read by member",
    "a filter or a sort is dropped: ordering.Order.reads.filter without channel",
}
"""One of each family of operators."""


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(PAGE.read_text())
    return read


def test_verdicts_that_were_printed_are_taken_over() -> None:
    dropped, exchanged = (
        Mutant(name, name.partition(":")[0], {}, ())
        for name in ("a minimum is dropped: Span.fields.low", "two fields are exchanged: a, b")
    )
    log = (
        "2 mutants in 3 seconds\n"
        f"0.4 s, noticed by a test: {dropped.name} | tests/test_span.py::test_it[1 | 2]\n"
        "21.0 s, not noticed: a mutant of another page | \n"
    )

    known = printed(log, [dropped, exchanged])

    assert known == {dropped.name: Verdict(dropped, NOTICED, "tests/test_span.py::test_it[1 | 2]")}


@pytest.fixture
def scratch() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # unlike pytest's folders, because root's server runs as `nobody`
        yield Path(folder)


def test_each_operator_makes_a_mutant_of_the_page(page: dict[str, Any]) -> None:
    made: set[str] = set()

    def is_wanted(name: str) -> bool:
        return not any(name.startswith(f"{operator}: ") for operator in made)

    for mutant in mutants(page, is_wanted):
        made.add(mutant.operator)

    assert made == set(OPERATORS)


def test_careless_changes_are_noticed_and_harmless_ones_are_not(
    page: dict[str, Any], make_service: MakeService, scratch: Path
) -> None:
    service = make_service(**page).path
    chosen = list(mutants(page, A_FEW.__contains__))
    entity = (service / ENTITY).read_text()
    [tests] = {each.tests for each in chosen if each.name.endswith("ends_after_start by >")}
    harmless = Mutant("a comment is added", "", {ENTITY: f"{entity}\n# harmless\n"}, tests)
    broken = Mutant("a file is broken", "", {ENTITY: f"{entity}\n("}, tests)

    verdicts = judged(service, [*chosen, harmless, broken], 2, scratch)

    told = {each.mutant.name: each.outcome for each in verdicts}
    assert told == dict.fromkeys(A_FEW, NOTICED) | {
        harmless.name: UNNOTICED,
        broken.name: BY_IMPORT,
    }


@pytest.mark.scheduled("the tests of a service are run for hundreds of changes, half an hour")
def test_nearly_all_careless_changes_are_noticed(
    page: dict[str, Any], make_service: MakeService, scratch: Path
) -> None:
    found = list(mutants(page))

    verdicts = judged(make_service(**page).path, found, 2, scratch)

    left = unnoticed(verdicts)
    assert len({mutant.name for mutant in found}) == len(found)
    assert share(verdicts) >= LEAST, page_about(verdicts, len(found))
    assert [name for name in left if not reason_for(name)] == []
    assert [each for each in REASONS if not any(re.search(each, name) for name in left)] == []


def test_the_page_counts_mutants_and_lists_those_without_a_reason() -> None:
    one = Mutant("a maximum is dropped", "ordering.Order.fields.a", {}, ())
    two = Mutant("a maximum is dropped", "ordering.Order.fields.b", {}, ())

    text = page_about([Verdict(one, NOTICED, "tests/a.py::a"), Verdict(two, UNNOTICED)], 2)

    assert "| a maximum is dropped | 2 | 1 | 0 | 1 |" in text
    assert "| **all** | 2 | 1 | 0 | 1 |" in text
    assert "50.0 % are noticed." in text
    assert "- `a maximum is dropped: ordering.Order.fields.b`: no reason is known" in text
