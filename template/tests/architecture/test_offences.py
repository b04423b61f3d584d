"""The proof that the rules bite, in each of their parts, and that they bite nothing else.

All offences are planted in one copy of the service, all innocents in another, and the rules run
once over each.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from architecture.rules import load_rules
from tests.architecture.planting import (
    OFFENCES,
    ROOT,
    Planting,
    Refused,
    copy_of_the_service,
    held_to_the_rules,
    plant,
    plantings,
)

pytestmark = pytest.mark.proof

Places = set[tuple[str, int]]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_the_service(tmp_path_factory.mktemp("offences"))


@pytest.fixture(scope="module")
def expected(service: Path) -> dict[Planting, Places]:
    return {offence: plant(offence, service) for offence in plantings("offence")}


@pytest.fixture(scope="module")
def refused(service: Path, expected: dict[Planting, Places]) -> set[Refused]:
    return held_to_the_rules(service)


@pytest.mark.parametrize("offence", plantings("offence"), ids=lambda o: f"{o.rule}: {o.name}")
def test_an_offence_is_refused_where_it_stands_by_the_rule_that_is_meant(
    offence: Planting, expected: dict[Planting, Places], refused: set[Refused]
) -> None:
    places = expected[offence]
    assert places, "an offence marks the lines that have to be refused"

    files = {path for path, _ in places}
    found = {(r.path, r.line) for r in refused if r.rule == offence.rule and r.path in files}

    assert found == places


@pytest.fixture(scope="module")
def without_a_part(
    service: Path, expected: dict[Planting, Places]
) -> dict[str, dict[str, list[tuple[str, int]]]]:
    assert expected, "the offences are planted"
    result = subprocess.run(
        [sys.executable, "-m", "tests.architecture.mutants"],
        cwd=service,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    found: dict[str, dict[str, list[tuple[str, int]]]] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("rule", [rule.id for rule in load_rules()])
def test_without_any_part_of_a_rule_an_offence_passes(
    rule: str,
    expected: dict[Planting, Places],
    without_a_part: dict[str, dict[str, list[tuple[str, int]]]],
) -> None:
    marked = set().union(*(places for o, places in expected.items() if o.rule == rule))

    needless = [
        part
        for part, places in without_a_part[rule].items()
        if marked <= {(path, line) for path, line in places}
    ]

    assert needless == [], "no offence needs these parts"


def test_every_rule_has_offences_and_every_offence_has_a_rule() -> None:
    assert {offence.rule for offence in plantings("offence")} == {rule.id for rule in load_rules()}
    assert {file.suffix for file in OFFENCES.iterdir()} == {".py"}


def test_the_service_itself_breaks_no_rule() -> None:
    assert held_to_the_rules(ROOT) == set()


def test_code_that_only_looks_like_an_offence_passes(tmp_path: Path) -> None:
    service = copy_of_the_service(tmp_path)
    for innocent in plantings("innocent"):
        plant(innocent, service)

    assert held_to_the_rules(service) == set()
