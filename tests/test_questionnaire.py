"""The questionnaire is a contract with every service: its stored answers are given back on each update.

The table lists what was promised. A change needs a line in CHANGELOG.md. If stored answers are concerned,
because a question gets another name, a choice is gone, or a check accepts less, it also needs lines in
updates/answers.yml, which say what becomes of them. A default may change only where it is never stored.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
import yaml

from tests.conftest import ROOT
from tests.test_answers import answers as extension
from updates import tables
from updates.answers import replaced

WITH_CONTEXTS: Final = "{{ contexts is defined and contexts }}"
# In the order in which they are asked: type, choices, default, and when it is asked.
QUESTIONS: Final[dict[str, tuple[str, tuple[str, ...] | None, object, str]]] = {
    "project_name": ("str", None, "My Service", "always"),
    "service_name": ("str", None, "{{ project_name | service_slug }}", "always"),
    "description": ("str", None, "A microservice with a clean architecture.", "always"),
    "author": ("str", None, "The {{ project_name }} team", "always"),
    "python_version": ("str", ("3.11", "3.12", "3.13", "3.14"), "3.11", "always"),
    "authentication": ("str", ("own", "external", "none"), "own", "always"),
    "ci": ("str", ("github", "gitlab", "none"), "github", "always"),
    "dependency_updates": ("str", ("renovate", "dependabot", "none"), "renovate", "always"),
    "container": ("bool", None, True, "always"),
    "kubernetes": ("bool", None, False, "{{ container }}"),
    "language": ("int", None, 1, WITH_CONTEXTS),
    "roles": ("yaml", None, [], WITH_CONTEXTS),
    "values": ("yaml", None, {}, WITH_CONTEXTS),
    "contexts": ("yaml", None, [], WITH_CONTEXTS),
}
# The names of questions that an earlier version had and this one does not. They stay here for good.
RETIRED: Final[tuple[str, ...]] = ()

REMEDY = (
    "The questionnaire differs from the table in tests/test_questionnaire.py, which existing services "
    "depend on. If that is intended: change the table, and add a line to CHANGELOG.md under [Unreleased]. "
    "If stored answers are no longer accepted, add what they become to updates/answers.yml. If a question "
    "is gone or has another name, add the old name to RETIRED here and to RETIRED_QUESTIONS in "
    "extensions/answers.py."
)


def asked() -> dict[str, dict[str, Any]]:
    """Read the questions of the template; those that hold the checks are hidden."""
    settings: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text())
    found = {name: question for name, question in settings.items() if not name.startswith("_")}
    return {name: each for name, each in found.items() if not name.endswith("_check")}


def choices(question: dict[str, Any]) -> tuple[str, ...] | None:
    """Return the values that can be chosen, without their labels."""
    offered = question.get("choices")
    values = offered.values() if isinstance(offered, dict) else offered
    return tuple(values) if values else None


def test_the_same_questions_are_asked_in_the_same_order() -> None:
    assert list(asked()) == list(QUESTIONS), REMEDY


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_keeps_its_type_choices_default_and_condition(name: str) -> None:
    question = asked()[name]

    found = (
        question["type"],
        choices(question),
        question["default"],
        question.get("when", "always"),
    )

    assert found == QUESTIONS[name], REMEDY


def test_nothing_else_is_said_of_a_question() -> None:
    """A secret would not be stored, several choices would be a list, a placeholder shows nothing new."""
    known = {"type", "help", "choices", "default", "validator", "when"}

    assert {key for question in asked().values() for key in question} <= known, REMEDY


def test_names_that_were_ever_asked_for_are_no_mistakes() -> None:
    assert tuple(sorted(extension.RETIRED_QUESTIONS)) == tuple(sorted(RETIRED)), REMEDY
    assert not set(RETIRED) & set(QUESTIONS), "a name cannot come back with another meaning"


def test_stored_answers_are_replaced_by_answers_that_are_accepted() -> None:
    changes = tables.load().answers
    old = {
        (name, value)
        for change in changes
        for name in change.answers
        for value in change.answers[name]
    }
    names = {name for change in changes for name in change.questions}

    for name, value in old:
        [(now, answer)] = replaced({name: value}, changes).items()
        assert extension.problem_with(now, answer) == "", f"{name}: {value}"
        assert name in RETIRED or extension.problem_with(name, value), "it would be replaced"
    assert names <= set(RETIRED), REMEDY
    assert {now for name in names for now in replaced({name: None}, changes)} <= set(QUESTIONS), (
        REMEDY
    )


def test_the_readme_lists_the_questions_with_their_defaults() -> None:
    readme = (ROOT / "README.md").read_text()
    table = readme.partition("### Questions")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]*`) \|([^|]*)\|", table, re.MULTILINE)
    listed = [
        (name, default.strip()) for names, default in rows for name in re.findall(r"`(\w+)`", names)
    ]
    chosen = {name: default for name, (kind, offered, default, _) in QUESTIONS.items() if offered}
    decided = {
        name: "yes" if default else "no"
        for name, (kind, _, default, _) in QUESTIONS.items()
        if kind == "bool"
    }

    asked_of_people = [name for name, each in QUESTIONS.items() if each[3] != WITH_CONTEXTS]

    assert [name for name, _ in listed] == asked_of_people
    assert {name: d for name, d in listed if name in chosen | decided} == chosen | decided
