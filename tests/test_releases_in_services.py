"""How a service finds the releases of its template: by the list, by tags, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from dev.files import LocalError
from dev.releases import Template, template_at

from tests.copying import commit, git

CHANGES = '"0.1.0": [It is there.]\n"0.2.0": [Orders have a limit., Notes too.]\n"0.3.0": [More.]\n'
ANSWERS = ".copier-answers.yml"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """The history of a template: six commits, without tags and without a list."""
    folder = tmp_path / "template"
    (folder / "updates").mkdir(parents=True)
    for number in range(6):
        (folder / "updates" / "changes.yml").write_text(f"# {number}\n{CHANGES}")
        commit(folder, f"Commit {number}")
    return folder


def commits_of(template: Path) -> list[str]:
    """Return the commits, oldest first."""
    return git(template, "rev-list", "--reverse", "HEAD").split()


def list_releases(template: Path, *numbers: int) -> None:
    """List commits as 0.1.0, 0.2.0, ..., with another commit."""
    rows = [
        f'"0.{place}.0": {commits_of(template)[number]}\n'
        for place, number in enumerate(numbers, 1)
    ]
    (template / "updates" / "releases.yml").write_text("".join(rows) or "{}\n")
    commit(template, "List releases")


def tag_releases(template: Path, *numbers: int) -> None:
    """Tag commits as v0.1.0, v0.2.0, ..."""
    for place, number in enumerate(numbers, 1):
        git(template, "tag", f"v0.{place}.0", commits_of(template)[number])
    git(template, "tag", "nightly")


def described(template: Path, version: str) -> tuple[str, str, bool]:
    """Return the name of a version, the newest version, and whether it has that one."""
    with template_at(str(template), version, ANSWERS) as history:
        newest = history.newest
        return history.describe(version), newest.name, history.contains(version, newest)


@pytest.mark.parametrize("note", [list_releases, tag_releases], ids=["listed", "tagged"])
def test_a_version_is_named_by_the_newest_release_that_it_contains(
    template: Path, note: Callable[..., None]
) -> None:
    note(template, 1, 2, 4)
    commits = commits_of(template)

    named = [described(template, commit[:9]) for commit in commits[:6]]

    assert named == [
        (f"commit {commits[0][:7]}", "0.3.0", False),
        ("0.1.0", "0.3.0", False),
        ("0.2.0", "0.3.0", False),
        ("0.2.0 and 1 commit later", "0.3.0", False),
        ("0.3.0", "0.3.0", True),
        ("0.3.0 and 1 commit later", "0.3.0", True),
    ]


def test_one_release_is_enough(template: Path) -> None:
    list_releases(template, 3)
    commits = commits_of(template)

    assert described(template, commits[5]) == ("0.1.0 and 2 commits later", "0.1.0", True)
    assert described(template, commits[0]) == (f"commit {commits[0][:7]}", "0.1.0", False)


@pytest.mark.parametrize("listed", [False, True])
def test_without_releases_the_newest_version_is_the_last_commit(
    template: Path, listed: bool
) -> None:
    if listed:
        list_releases(template)
    *_, before, last = commits_of(template)

    assert described(template, before) == (
        f"commit {before[:7]}",
        f"commit {last[:7]}",
        False,
    )
    assert described(template, last)[2]


def test_rows_without_their_commit_are_ignored_and_tags_count_too(template: Path) -> None:
    list_releases(template, 1)
    rows = template / "updates" / "releases.yml"
    rows.write_text(f'{rows.read_text()}"9.0.0": {"a" * 40}\n')
    commit(template)
    git(template, "tag", "v0.2.0", commits_of(template)[4])

    with template_at(str(template), "v0.2.0", ANSWERS) as history:
        assert [release.name for release in history.releases] == ["0.1.0", "0.2.0"]
        assert history.describe("v0.2.0") == "0.2.0"


def test_only_changes_of_versions_in_between_are_told(template: Path) -> None:
    list_releases(template, 1, 2, 4)
    commits = commits_of(template)

    def told(history: Template, since: int) -> list[str]:
        return history.changes(commits[since], history.newest)

    with template_at(str(template), commits[0], ANSWERS) as history:
        assert told(history, 0) == [
            "0.1.0: It is there.",
            "0.2.0: Orders have a limit.",
            "0.2.0: Notes too.",
            "0.3.0: More.",
        ]
        assert told(history, 3) == ["0.3.0: More."]
        assert told(history, 5) == []


def test_a_template_without_the_version_is_refused_with_the_versions_that_it_has(
    template: Path,
) -> None:
    list_releases(template, 1, 2)

    with pytest.raises(
        LocalError, match=r"has no version 'v9'.*\nIts versions: 0\.1\.0, 0\.2\.0\."
    ):
        described(template, "v9")
