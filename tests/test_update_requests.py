"""The scheduled jobs of a service that open a change request with the newest version of the template.

The remote is a bare repository. `gh` is a fake that records its calls and remembers one pull request.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Service
from tests.copying import git
from tests.lives import VERSIONS, Life, be_born, make_older_template

BRANCH = "template-update"
OLD, NEW, NEWER = VERSIONS
TITLE = f"Update to {NEW.removeprefix('v')} of the template"
CHANGE = f"- {NEW.removeprefix('v')}: Orders of more than a ton are refused."

GH = """\
#!/usr/bin/env python3
import json, os, pathlib, sys

folder, arguments = pathlib.Path(os.environ["FAKE_GH"]), sys.argv[1:]
with (folder / "calls.jsonl").open("a") as calls:
    print(json.dumps(arguments), file=calls)
listed = folder / "pull-requests.json"
match arguments[:2]:
    case ["pr", "list"]:
        print(listed.read_text() if listed.exists() else "[]")
    case ["pr", "create"]:
        if "--draft" in arguments and (folder / "no-drafts").exists():
            sys.exit("pull request create failed: Draft pull requests are not supported")
        title = arguments[arguments.index("--title") + 1]
        draft = "--draft" in arguments
        found = {"number": 7, "state": "OPEN", "title": title, "isDraft": draft}
        listed.write_text(json.dumps([found | {"isCrossRepository": False}]))
"""
HOOK = """\
#!/bin/sh
number=0
while [ $number -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
    eval "printf '%s\\\\n' \\"\\$GIT_PUSH_OPTION_$number\\"" >> push-options
    number=$((number + 1))
done
"""


@dataclass(frozen=True)
class World:
    """A service whose remote is a bare repository."""

    life: Life
    remote: Path
    forge: Path
    """The folder with the fake `gh` and its memory."""
    start: str

    def run(self, command: str) -> tuple[int, str]:
        """Run the command of a scheduled job; return its exit code and its output."""
        ended = Service(self.life.path).try_to(
            *("uv", "run", "python", "-m", command),
            **self.life.environment,
            PATH=f"{self.forge}:{os.environ['PATH']}",
            FAKE_GH=str(self.forge),
            GITHUB_STEP_SUMMARY=str(self.forge / "summary.md"),
            GITHUB_REF_NAME="main",
            CI_COMMIT_BRANCH="main",
        )
        return ended.returncode, ended.stdout

    def edit(self, path: str, before: str, after: str) -> None:
        """Edit a file, commit and push."""
        file = self.life.path / path
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after))
        self.life.commit()
        self.life.git("push", "--quiet", "--force", "origin", "HEAD:main")

    def calls(self, *wanted: str) -> list[list[str]]:
        """Return the arguments of the calls of `gh` that begin with these words."""
        recorded = self.forge / "calls.jsonl"
        lines = recorded.read_text().splitlines() if recorded.exists() else []
        return [each for each in map(json.loads, lines) if tuple(each[: len(wanted)]) == wanted]

    def branch(self) -> str:
        """Return the last commit of the branch on the remote; empty if there is none."""
        listed = git(self.remote, "for-each-ref", "--format=%(objectname)", f"refs/heads/{BRANCH}")
        return listed.strip()

    def remember(self, **state: Any) -> None:
        """Change the pull request that `gh` remembers."""
        path = self.forge / "pull-requests.json"
        [known] = json.loads(path.read_text())
        path.write_text(json.dumps([known | state]))

    def undo(self, commit: str = "HEAD") -> None:
        """Go back to a commit, as a new checkout would."""
        self.life.git("reset", "--quiet", "--hard", commit)
        self.life.git("clean", "--quiet", "--force", "-d")

    def reset(self) -> None:
        """Forget everything that a test has done."""
        self.undo(self.start)
        self.life.git("push", "--quiet", "--force", "origin", "HEAD:main")
        if self.branch():
            git(self.remote, "update-ref", "-d", f"refs/heads/{BRANCH}")
        for path in (
            *self.forge.glob("*.*"),
            self.forge / "no-drafts",
            self.remote / "push-options",
        ):
            path.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with its first two versions."""
    return make_older_template(tmp_path_factory.mktemp("template") / "template")


def make_world(template: Path, folder: Path, ci: str) -> World:
    life = be_born(template, folder, answers=["-d", f"ci={ci}"])
    Service(life.path).run("uv", "sync", "--quiet", **life.environment)
    life.commit()
    remote, forge = folder / "remote.git", folder / "forge"
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    git(remote, "config", "receive.advertisePushOptions", "true")
    forge.mkdir()
    for path, script in ((forge / "gh", GH), (remote / "hooks" / "post-receive", HOOK)):
        path.write_text(script)
        path.chmod(0o755)
    life.git("remote", "add", "origin", str(remote))
    life.git("push", "--quiet", "origin", "HEAD:main")
    return World(life, remote, forge, git(life.path, "rev-parse", "HEAD").strip())


@pytest.fixture(scope="module")
def on_github(template: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(template, tmp_path_factory.mktemp("github"), "github")


@pytest.fixture(scope="module")
def on_gitlab(template: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(template, tmp_path_factory.mktemp("gitlab"), "gitlab")


@pytest.fixture
def github(on_github: World) -> Iterator[World]:
    yield on_github
    on_github.reset()


@pytest.fixture
def gitlab(on_gitlab: World) -> Iterator[World]:
    yield on_gitlab
    on_gitlab.reset()


def option(call: list[str], name: str) -> str:
    return call[call.index(name) + 1]


# GitHub


def test_a_newer_version_becomes_one_commit_and_one_pull_request(github: World) -> None:
    code, said = github.run("dev.pull_request")

    assert code == 0, said
    [created] = github.calls("pr", "create")
    assert option(created, "--title") == TITLE
    assert option(created, "--head") == BRANCH
    assert option(created, "--base") == "main"
    assert f"{CHANGE}\n" in option(created, "--body")
    assert "conflict" not in option(created, "--body")
    assert "--draft" not in created
    first = github.branch()
    assert git(github.remote, "rev-list", f"main..{BRANCH}").strip() == first
    assert f"_commit: {NEW}" in git(github.remote, "show", f"{BRANCH}:.copier-answers.yml")
    assert git(github.life.path, "rev-parse", "HEAD").strip() == github.start

    github.undo()
    github.edit("README.md", "## Getting started\n", "## Getting started\n\nMine.\n")
    again, said = github.run("dev.pull_request")

    assert again == 0, said
    assert len(github.calls("pr", "create")) == 1
    [refreshed] = github.calls("api", "--method", "PATCH")
    assert "repos/{owner}/{repo}/pulls/7" in refreshed
    assert github.branch() != first
    assert len(git(github.remote, "rev-list", f"main..{BRANCH}").split()) == 1
    assert "\nMine.\n" in git(github.remote, "show", f"{BRANCH}:README.md")


def test_conflicts_become_a_draft_that_lists_them(github: World) -> None:
    github.edit(".gitignore", ".coverage.json\n", ".coverage.json\nmine/\n")

    code, said = github.run("dev.pull_request")

    assert code == 0, said
    [created] = github.calls("pr", "create")
    assert "--draft" in created
    assert "- `.gitignore`\n" in option(created, "--body")
    assert CHANGE in option(created, "--body")
    marked = git(github.remote, "show", f"{BRANCH}:.gitignore")
    assert "<<<<<<< before updating\nmine/\n=======\n.improved/\n" in marked


@pytest.mark.scheduled("a pull request is refreshed in another test, and this one says the like")
def test_a_pull_request_with_conflicts_becomes_a_draft_again(github: World) -> None:
    github.edit(".gitignore", ".coverage.json\n", ".coverage.json\nmine/\n")
    code, said = github.run("dev.pull_request")
    assert code == 0, said
    github.undo()
    github.remember(isDraft=False)
    first = github.branch()

    code, said = github.run("dev.pull_request")

    assert code == 0, said
    assert github.calls("pr", "ready") == [["pr", "ready", "7", "--undo"]]
    assert github.branch() == first, "the same update is the same commit"


@pytest.mark.scheduled("the same update with a conflict always runs where there are drafts")
def test_without_drafts_a_conflict_becomes_a_pull_request(github: World) -> None:
    github.edit(".gitignore", ".coverage.json\n", ".coverage.json\nmine/\n")
    (github.forge / "no-drafts").touch()

    code, said = github.run("dev.pull_request")

    assert code == 0, said
    assert ["--draft" in each for each in github.calls("pr", "create")] == [True, False]


def test_commits_of_the_owner_on_the_branch_are_left_alone(github: World) -> None:
    github.life.git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")

    code, said = github.run("dev.pull_request")

    assert code == 0, said
    assert "commits of somebody else" in said
    assert github.branch() == github.start
    assert github.calls("pr", "create") == []


def test_a_pull_request_that_was_closed_is_not_opened_again(github: World) -> None:
    known = {"title": TITLE, "isDraft": False}
    of_a_fork = known | {"number": 4, "state": "OPEN", "isCrossRepository": True}
    closed = known | {"number": 3, "state": "CLOSED", "isCrossRepository": False}
    (github.forge / "pull-requests.json").write_text(json.dumps([of_a_fork, closed]))

    code, said = github.run("dev.pull_request")

    assert code == 0, said
    assert "was closed" in said
    assert [call[:2] for call in github.calls()] == [["pr", "list"]]
    assert github.branch() == ""


def test_without_a_newer_version_nothing_is_pushed(github: World, tmp_path: Path) -> None:
    older = tmp_path / "template"
    shutil.copytree(github.life.template, older)
    git(older, "tag", "--delete", NEW)
    git(older, "reset", "--quiet", "--hard", OLD)
    github.edit(".copier-answers.yml", f"_src_path: {github.life.template}", f"_src_path: {older}")

    code, said = github.run("dev.pull_request")

    assert code == 0, said
    assert github.branch() == ""
    assert github.calls() == []


def test_a_refused_update_fails_with_the_reason_and_pushes_nothing(github: World) -> None:
    markers = "<<<<<<< before updating\na = 1\n=======\na = 2\n>>>>>>> after updating\n"
    github.edit("README.md", "## Getting started\n", f"## Getting started\n{markers}")

    code, said = github.run("dev.pull_request")

    assert code == 1
    assert "conflict markers of an unfinished merge" in said
    assert "conflict markers of an unfinished merge" in (github.forge / "summary.md").read_text()
    assert github.branch() == ""
    assert github.calls() == []
    assert github.life.git("status", "--porcelain") == b""


def test_a_template_in_a_folder_of_another_machine_is_refused_with_the_remedy(
    github: World,
) -> None:
    github.edit(".copier-answers.yml", "_src_path: /", "_src_path: /home/ada/")

    code, said = github.run("dev.pull_request")

    assert code == 1
    assert "a folder on the machine where this service was rendered" in said
    assert "uv run just template-at https://" in (github.forge / "summary.md").read_text()
    assert github.branch() == ""


# GitLab


def test_gitlab_opens_a_merge_request_by_push_options(gitlab: World) -> None:
    gitlab.edit(".gitignore", ".coverage.json\n", ".coverage.json\nmine/\n")

    code, said = gitlab.run("dev.merge_request")

    assert code == 0, said
    draft = (gitlab.remote / "push-options").read_text().splitlines()
    assert draft[:3] == [
        "merge_request.create",
        "merge_request.target=main",
        f"merge_request.title=Draft: {TITLE}",
    ]
    assert r"\n- `.gitignore`\n" in draft[3]
    assert rf"\n{CHANGE}\n" in draft[3]


@pytest.mark.scheduled("a branch is refreshed in the same way at GitHub, which always runs")
def test_gitlab_refreshes_a_merge_request_by_push_options(gitlab: World) -> None:
    gitlab.edit(".gitignore", ".coverage.json\n", ".coverage.json\nmine/\n")
    code, said = gitlab.run("dev.merge_request")
    assert code == 0, said
    (gitlab.remote / "push-options").unlink()
    gitlab.undo(gitlab.start)

    code, said = gitlab.run("dev.merge_request")

    assert code == 0, said
    clean = (gitlab.remote / "push-options").read_text().splitlines()
    assert f"merge_request.title={TITLE}" in clean
    assert git(gitlab.remote, "rev-list", "--count", f"{gitlab.start}..{BRANCH}").strip() == "1"


@pytest.mark.scheduled("the same refusal fails at GitHub in every run")
def test_gitlab_fails_with_the_reason_if_the_update_is_refused(gitlab: World) -> None:
    gitlab.edit(".copier-answers.yml", "_src_path: /", "_src_path: /home/ada/")

    code, said = gitlab.run("dev.merge_request")

    assert code == 1
    assert "uv run just template-at https://" in said
    assert gitlab.branch() == ""
