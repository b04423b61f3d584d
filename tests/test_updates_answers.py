"""Stored answers that a newer version no longer accepts: replaced as `answers.yml` says, or refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from tests.copying import commit, git
from tests.lives import Life, be_born, replace
from updates.answers import Change, replaced

ANSWERS = ".copier-answers.yml"
OFFERED = '("github", "gitlab", "none")'
LABEL = "    None: none\n  default: github\n"
JENKINSFILE = "{% if ci == 'jenkins' %}Jenkinsfile{% endif %}"


def release(folder: Path, version: str) -> None:
    """Commit the template, and tag the commit."""
    commit(folder, version)
    git(folder, "tag", version)


@pytest.fixture(scope="module")
def template(copier_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template whose first version offers `ci=jenkins`.

    The second version says what becomes of this choice. The third, on another branch, does not.
    """
    folder = tmp_path_factory.mktemp("template") / "template"
    shutil.copytree(copier_template, folder)
    questions, extension = folder / "copier.yml", folder / "extensions" / "answers.py"
    replace(questions, LABEL, f"    Jenkins: jenkins\n{LABEL}")
    replace(extension, OFFERED, '("github", "gitlab", "jenkins", "none")')
    (folder / "template" / JENKINSFILE).write_text("pipeline {}\n")
    release(folder, "v99.1.0")
    replace(questions, "    Jenkins: jenkins\n", "")
    replace(extension, '("github", "gitlab", "jenkins", "none")', OFFERED)
    (folder / "template" / JENKINSFILE).unlink()
    release(folder, "v99.3.0")
    table = {"99.2.0": {"answers": {"ci": {"jenkins": "none"}}}}
    (folder / "updates" / "answers.yml").write_text(yaml.safe_dump(table))
    release(folder, "v99.2.0")
    return folder


BORN_WITH = ("-d", "ci=jenkins", "-d", "author=Zoë & Co")


@pytest.fixture
def life(template: Path, tmp_path: Path) -> Life:
    return be_born(template, tmp_path, answers=BORN_WITH)


@pytest.fixture(scope="module")
def unchanged(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A service that all its updates leave as it is."""
    return be_born(template, tmp_path_factory.mktemp("life"), answers=BORN_WITH)


def test_an_answer_whose_choice_is_gone_is_replaced(
    life: Life, template: Path, tmp_path: Path
) -> None:
    ended = life.update("v99.2.0")

    assert ended.returncode == 0, ended.stdout
    life.commit()
    options = ["-d", "ci=none", "-d", "author=Zoë & Co"]
    fresh = be_born(template, tmp_path / "fresh", "v99.2.0", answers=options)
    assert life.committed() == fresh.committed()
    assert "ci: none\n" in (life.path / ANSWERS).read_text()


def test_a_file_of_a_choice_that_is_gone_stays_if_the_owner_has_edited_it(life: Life) -> None:
    (life.path / "Jenkinsfile").write_text("pipeline { agent any }\n")
    life.commit()

    ended = life.update("v99.2.0")

    assert ended.returncode == 0, ended.stdout
    assert (life.path / "Jenkinsfile").read_text() == "pipeline { agent any }\n"
    assert "Jenkinsfile" in ended.stdout.partition("Kept")[2]


@pytest.mark.parametrize(
    ("version", "options", "message"),
    [
        ("v99.3.0", (), "ci: got 'jenkins', expected one of github, gitlab, none"),
        pytest.param(
            "v99.3.0",
            ("--skip-answered",),
            "ci: got 'jenkins', expected one of github, gitlab, none",
            marks=pytest.mark.scheduled("the two reasons are tested apart in every run"),
        ),
        ("v99.2.0", ("--skip-answered",), "Run the update without it."),
        (
            "v99.2.0",
            ("-d", "ci=jenkins"),
            "ci: got 'jenkins', expected one of github, gitlab, none",
        ),
    ],
)
def test_otherwise_it_is_refused_and_never_becomes_the_default(
    unchanged: Life, version: str, options: tuple[str, ...], message: str
) -> None:
    ended = unchanged.update(version, *options)

    assert ended.returncode == 1
    assert message in ended.stdout
    assert "Nothing was changed." in ended.stdout
    assert unchanged.status() == ""


def test_answers_are_replaced_version_by_version() -> None:
    changes = [
        Change(answers={"auth": {True: "own", "jwt": "external"}}),
        Change(questions={"auth": "authentication"}),
        Change(answers={"authentication": {"own": "users"}}),
    ]

    assert replaced({"auth": True, "ci": "none"}, changes) == {
        "authentication": "users",
        "ci": "none",
    }
    assert replaced({"auth": "jwt"}, changes) == {"authentication": "external"}
    assert replaced({"auth": ["unknown"]}, changes) == {"authentication": ["unknown"]}
