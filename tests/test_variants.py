"""The tested variants cover the options of the questions, and CI runs all of them."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.conftest import ROOT, VARIANTS
from tests.test_answers import answers as extension
from tests.variants import (
    DEFAULTS,
    IN_THE_CODE,
    OPTIONS,
    TEXTS,
    Row,
    all_variants,
    answers_of,
    chosen_for_all_checks,
    covering_array,
    is_possible,
    pythons_of_this_machine,
    with_each_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PYTHONS = tuple(OPTIONS["python_version"])
WORKFLOWS = ROOT / ".github" / "workflows"

Options = frozenset[tuple[str, str]]


def together(rows: Iterable[Row], strength: int) -> set[Options]:
    """Return each combination of `strength` options that occurs in one of the rows."""
    return {
        frozenset(options)
        for row in rows
        for options in itertools.combinations(row.items(), strength)
    }


def possible(strength: int, pythons: tuple[str, ...]) -> set[Options]:
    """Return each possible combination of `strength` options.

    It is computed from all variants, independently of the library that chooses the covering array.
    """
    every = (
        dict(zip(OPTIONS, words, strict=True)) for words in itertools.product(*OPTIONS.values())
    )
    rows = [row for row in every if is_possible(row) and row["python_version"] in pythons]
    return together(rows, strength)


@pytest.mark.parametrize("strength", [2, 3])
@pytest.mark.parametrize("pythons", [PYTHONS[:number] for number in range(1, len(PYTHONS) + 1)])
def test_all_options_that_can_meet_do(
    strength: int, pythons: tuple[str, ...], record_property: Callable[[str, object], None]
) -> None:
    wanted = possible(strength, pythons)
    rows = covering_array(strength, pythons)

    met = together(rows.values(), strength)

    assert wanted - met == set(), "no variant tests these options together"
    assert met - wanted == set()
    assert all(map(is_possible, rows.values()))
    if pythons == pythons_of_this_machine():
        share = 100 * len(met & wanted) / len(wanted)
        record_property(
            f"options by {strength}",
            f"{len(rows)} of {len(all_variants())} variants contain {len(met & wanted)} of "
            f"{len(wanted)} possible combinations, {share:.0f} %",
        )


def test_one_variant_less_would_leave_options_unproven() -> None:
    """Make sure that the check of the coverage notices a missing variant."""
    rows = list(covering_array(2, PYTHONS).values())

    assert possible(2, PYTHONS) - together(rows[:-1], 2)


def test_what_cannot_be_rendered_together_is_what_the_extension_refuses() -> None:
    for words in itertools.product(*OPTIONS.values()):
        row = dict(zip(OPTIONS, words, strict=True))
        assert is_possible(row) == (not extension.contradictions(answers_of(row))), row


def test_the_variants_that_run_are_those_of_the_covering_array() -> None:
    rows = covering_array(2, pythons_of_this_machine())

    assert {name: answers_of(row) for name, row in rows.items()} == VARIANTS
    assert VARIANTS["default"] == {}


@pytest.mark.parametrize("pythons", [PYTHONS[:number] for number in range(1, len(PYTHONS) + 1)])
def test_each_option_in_the_code_is_in_a_variant_whose_own_tests_always_run(
    pythons: tuple[str, ...],
) -> None:
    rows = covering_array(2, pythons)

    names = with_each_option(rows)

    for factor in IN_THE_CODE:
        assert {rows[name][factor] for name in names} == {row[factor] for row in rows.values()}
    assert names[0] == next(iter(rows))
    assert len(names) <= 4


def test_the_other_variants_are_rendered_and_their_own_tests_are_scheduled() -> None:
    ended = collect("tests/test_services.py")
    tests = [line for line in ended.stdout.splitlines() if line.startswith("tests/")]

    def tested(name: str) -> set[str]:
        return {each.split("[")[1].rstrip("]") for each in tests if f"::test_{name}[" in each}

    assert tested("its_own_tests_pass_with_full_coverage") == set(chosen_for_all_checks())
    assert tested("it_is_formatted_already_and_its_style_has_no_fault") == set(VARIANTS)


def test_every_choice_of_every_question_is_an_option() -> None:
    """Questions with free text are covered by the factor `texts`."""
    questions = {
        name: question
        for name, question in yaml.safe_load((ROOT / "copier.yml").read_text()).items()
        if not name.startswith("_")
    }
    choices: dict[str, list[Any]] = {
        name: list(c.values() if isinstance(c := question["choices"], dict) else c)
        for name, question in questions.items()
        if "choices" in question
    }
    yes_or_no = {n: [True, False] for n, q in questions.items() if q["type"] == "bool"}

    assert {
        factor: sorted(words.values(), key=str)
        for factor, words in OPTIONS.items()
        if factor != "texts"
    } == {name: sorted(values, key=str) for name, values in (choices | yes_or_no).items()}
    for factor, word in DEFAULTS.items():
        if factor != "texts":
            assert OPTIONS[factor][word] == questions[factor]["default"]


def test_long_texts_are_as_long_as_the_questions_allow() -> None:
    lengths = {question: len(text) for question, text in TEXTS["long"].items()}

    assert lengths == {"project_name": 60, "service_name": 40, "description": 120, "author": 80}


def test_a_name_means_one_variant() -> None:
    every = list(itertools.product(*OPTIONS.values()))
    impossible = [row for row in every if not is_possible(dict(zip(OPTIONS, row, strict=True)))]

    assert len(all_variants()) == len(every) - len(impossible)


def printed(*arguments: str) -> Any:
    command = [sys.executable, "-m", "tests.variants", *arguments]
    return json.loads(subprocess.check_output(command, cwd=ROOT, text=True))


def test_a_command_prints_the_variants() -> None:
    assert printed() == VARIANTS
    assert printed("--names") == list(VARIANTS)
    assert len(printed("--names", "--strength", "3")) > len(VARIANTS)


def collect(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n0", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def test_one_variant_can_be_run_alone_whether_or_not_it_is_always_run() -> None:
    name = next(name for name in all_variants() if name not in VARIANTS)

    ended = collect("--variant", name, "tests/test_services.py")
    tests = [line for line in ended.stdout.splitlines() if line.startswith("tests/")]

    assert ended.returncode == 0, ended.stdout
    assert len(tests) >= 7
    assert all(line.endswith(f"[{name}]") for line in tests)


def test_a_misspelt_variant_is_refused_with_names_that_were_meant() -> None:
    ended = collect("--variant", "external-gitlb")

    assert ended.returncode == 4
    assert "no variant is called external-gitlb; did you mean external-gitlab, or " in ended.stderr


@pytest.mark.parametrize(("workflow", "strength"), [("ci.yml", 2), ("scheduled.yml", 3)])
def test_a_workflow_runs_all_variants_of_its_strength(workflow: str, strength: int) -> None:
    jobs = yaml.safe_load((WORKFLOWS / workflow).read_text())["jobs"]

    assert jobs["variants"] == {
        "uses": "./.github/workflows/variants.yml",
        "with": {"strength": strength},
    }


def test_the_matrix_of_variants_is_what_the_command_prints() -> None:
    jobs = yaml.safe_load((WORKFLOWS / "variants.yml").read_text())["jobs"]
    [lists] = [step for step in jobs["names"]["steps"] if step.get("id") == "list"]
    runs = "\n".join(step.get("run", "") for step in jobs["variant"]["steps"])

    assert 'python -m tests.variants --names --strength "$STRENGTH"' in lists["run"]
    assert lists["env"] == {"STRENGTH": "${{ inputs.strength }}"}
    assert jobs["names"]["outputs"] == {"names": "${{ steps.list.outputs.names }}"}
    assert jobs["variant"]["needs"] == "names"
    assert jobs["variant"]["strategy"]["matrix"] == {
        "variant": "${{ fromJSON(needs.names.outputs.names) }}"
    }
    assert 'uv run pytest --variant "$VARIANT"' in runs
    for job in ("names", "variant"):
        steps = "\n".join(step.get("run", "") for step in jobs[job]["steps"])
        assert f"uv python install {' '.join(PYTHONS)}" in steps
