"""Bad answers and bad places: each case against what the user sees, which docs/refusals.md lists.

The cases run the real command line. Their rows on the page are what it printed, so the page cannot
promise what Copier does not say: `uv run pytest -n0 tests/test_refusals.py --write-golden` writes it
anew, in one process, because all write the same page.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.copying import commit, git, run_unattended
from tests.lives import be_born

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = ROOT / "docs" / "refusals.md"
COPIER = (sys.executable, "-m", "copier")
RESTORE = "Restore `.copier-answers.yml` from git."
# A newer one than the harness has, or an older one, comes from where uv gets its packages.
ALONE = ("uv", "run", "--quiet", "--isolated", "--no-project", "--python", sys.executable)


@dataclass(frozen=True)
class World:
    """A folder to work in, the template, and the command line, as one case has them."""

    folder: Path
    template: Path

    def file(self, name: str, content: str | bytes = "") -> Path:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def copy(self, *arguments: str, destination: str = "service") -> list[str]:
        """Return the command that renders a new service."""
        return [*COPIER, "copy", "--trust", *self.rendering(*arguments, destination=destination)]

    def rendering(self, *arguments: str, destination: str = "service") -> list[str]:
        """Return what every `copier copy` here is called with, but for `--trust`."""
        quiet = ("--defaults", "--quiet", "--vcs-ref=HEAD")
        return [*quiet, *arguments, str(self.template), destination]

    def update(self, *arguments: str) -> list[str]:
        """Return the command that updates the service, without a version to the current one."""
        version = () if any("--vcs-ref" in word for word in arguments) else ("--vcs-ref=:current:",)
        quiet = ("--defaults", "--quiet", *version)
        return [*COPIER, "update", "--trust", *quiet, *arguments, "service"]

    def service(self) -> Path:
        """Render a service, and commit it."""
        life = be_born(self.template, self.folder.parent / "life", "HEAD")
        return life.path.rename(self.folder / "service")

    def stored(self, before: str, after: str) -> None:
        """Edit the answers of the service by hand; `before` is a regular expression."""
        path = self.folder / "service" / ".copier-answers.yml"
        text = path.read_text()
        assert re.search(before, text)
        path.write_text(re.sub(before, after, text, count=1))
        self.commit()

    def commit(self) -> None:
        """Commit whatever the service has."""
        commit(self.folder / "service")

    def git(self, *arguments: str, folder: str = "service") -> str:
        """Run git in a folder."""
        return git(self.folder / folder, *arguments)

    def run(self, command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command without settings of this machine's user, and with nobody to be asked."""
        return run_unattended(self.folder, command, **environment)

    def state(self) -> dict[str, object]:
        """Return everything that is in the folder, git's own bookkeeping aside."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            if path.is_file()
            else path.is_dir()
            for path in self.folder.rglob("*")
            if ".git" not in path.parts
        }


@dataclass(frozen=True)
class Case:
    """What the user did, what it ends with, and how to come to it."""

    kind: str
    title: str
    code: int
    prepare: Callable[[World], list[str]]
    # Where it ends before the template is read, the words are Copier's, and this is what to do.
    remedy: str = ""


CASES: list[Case] = []


def case(kind: str, title: str, code: int = 1, remedy: str = "") -> Callable[[Any], Any]:
    """List a case; the function prepares the folder and returns the command."""

    def listed(prepare: Callable[[World], list[str]]) -> Callable[[World], list[str]]:
        CASES.append(Case(kind, title, code, prepare, remedy))
        return prepare

    return listed


# Answers


@case("Answers", "a misspelt question on the command line")
def _(world: World) -> list[str]:
    return world.copy("-d", "contaner=no")


@case("Answers", "a question that no version had")
def _(world: World) -> list[str]:
    return world.copy("-d", "database=mysql")


@case("Answers", "a data file with wrong types and unknown keys")
def _(world: World) -> list[str]:
    world.file(
        "answers.yml",
        "project_name: [Order, Desk]\nci: off\ncontainer: perhaps\nauthor_name: Ada\n",
    )
    return world.copy("--data-file", "answers.yml")


@case("Answers", "answers that contradict each other")
def _(world: World) -> list[str]:
    return world.copy("-d", "container=no", "-d", "kubernetes=yes")


@case("Answers", "a data file that is not there", 2, "Correct the path.")
def _(world: World) -> list[str]:
    return world.copy("--data-file", "answers.yml")


@case("Answers", "a data file that is not YAML", 1, "Correct the line that is named.")
def _(world: World) -> list[str]:
    world.file("answers.yml", "ci: [github\n")
    return world.copy("--data-file", "answers.yml")


@case("Answers", "a data file that is not UTF-8", 1, "Save the file as UTF-8.")
def _(world: World) -> list[str]:
    world.file("answers.yml", b"author: Zo\xeb\n")
    return world.copy("--data-file", "answers.yml")


@case("Answers", "a data file that is a list", 1, "Write names and answers: `ci: github`.")
def _(world: World) -> list[str]:
    world.file("answers.yml", "- ci: github\n")
    return world.copy("--data-file", "answers.yml")


@case("Answers", "an empty data file", 1, "Write an answer into it, or leave `--data-file` out.")
def _(world: World) -> list[str]:
    world.file("answers.yml")
    return world.copy("--data-file", "answers.yml")


@case("Answers", "a data file whose keys are no text", 1, "Use the names of questions as keys.")
def _(world: World) -> list[str]:
    world.file("answers.yml", "on: github\n")
    return world.copy("--data-file", "answers.yml")


@case("Answers", "a stored answer edited into one that is not offered")
def _(world: World) -> list[str]:
    world.service()
    world.stored("ci: github", "ci: jenkins")
    return world.update()


@case("Answers", "a stored question misspelt by hand")
def _(world: World) -> list[str]:
    world.service()
    world.stored("container: true", "contianer: false")
    return world.update()


@case("Answers", "an answer without its question", 1, "Write `-d ci=github`.")
def _(world: World) -> list[str]:
    return world.copy("-d", "github")


@case("Answers", "settings of Copier that are not YAML", 1, "Correct the line that is named.")
def _(world: World) -> list[str]:
    settings = world.file("settings.yml", "defaults: [\n")
    return ["env", f"COPIER_SETTINGS_PATH={settings}", *world.copy()]


@case("Answers", "a stored answer of another type")
def _(world: World) -> list[str]:
    world.service()
    world.stored("ci: github", "ci: [github]")
    return world.update()


# Updates


@case(
    "Updates", "an update to a version that the template does not have", 1, "Correct `--vcs-ref`."
)
def _(world: World) -> list[str]:
    world.service()
    return world.update("--vcs-ref=v9.9.9")


@case("Updates", "a stored version that the template does not have", 1, RESTORE)
def _(world: World) -> list[str]:
    world.service()
    world.stored(r"_commit: .*", "_commit: v9.9.9")
    return world.update("--vcs-ref=HEAD")


@case("Updates", "stored answers that are not YAML", 1, RESTORE)
def _(world: World) -> list[str]:
    world.service()
    world.stored(r"_commit: .*", "_commit: [")
    return world.update()


@case("Updates", "stored answers that are a list", 1, RESTORE)
def _(world: World) -> list[str]:
    world.service()
    world.stored(r"(?s).*", "- ci: github\n")
    return world.update()


@case("Updates", "stored answers without the template's address", 1, RESTORE)
def _(world: World) -> list[str]:
    world.service()
    world.stored(r"_src_path: .*\n", "")
    return world.update()


@case("Updates", "no stored answers", 1, RESTORE)
def _(world: World) -> list[str]:
    (world.service() / ".copier-answers.yml").unlink()
    world.commit()
    return world.update()


@case("Updates", "a template that has moved", 1, "Run `just template-at ADDRESS`.")
def _(world: World) -> list[str]:
    world.service()
    world.stored(r"_src_path: .*", "_src_path: /gone")
    return world.update()


@case("Updates", "a service with uncommitted changes", 1, "Commit or stash them.")
def _(world: World) -> list[str]:
    (world.service() / "README.md").write_text("Mine.\n")
    return world.update()


@case(
    "Updates",
    "a service that is not in git",
    1,
    "Commit it: `git init && git add . && git commit`.",
)
def _(world: World) -> list[str]:
    shutil.rmtree(world.service() / ".git")
    return world.update()


@case("Updates", "a service that is rendered again")
def _(world: World) -> list[str]:
    world.service()
    return world.copy()


# Places


@case("Places", "a folder that is not empty")
def _(world: World) -> list[str]:
    world.file("service/README.md", "Mine.\n")
    world.file("service/LICENSE", "Mine.\n")
    return world.copy()


@case("Places", "the folder where one stands, with files in it")
def _(world: World) -> list[str]:
    world.file("notes.txt", "Mine.\n")
    return world.copy(destination=".")


@case("Places", "a file")
def _(world: World) -> list[str]:
    world.file("service", "Mine.\n")
    return world.copy()


@case("Places", "a folder below a file")
def _(world: World) -> list[str]:
    world.file("notes", "Mine.\n")
    return world.copy(destination="notes/service")


@case("Places", "a link that leads nowhere")
def _(world: World) -> list[str]:
    (world.folder / "service").symlink_to("nowhere")
    return world.copy()


@case("Places", "a name that is too long")
def _(world: World) -> list[str]:
    return world.copy(destination=f"{'a' * 256}/service")


@case("Places", "a folder that one may not write to")
def _(world: World) -> list[str]:
    shut = world.folder / "shut"
    shut.mkdir()
    shut.chmod(0o555)
    return [*as_a_user(), *world.copy(destination="shut/service")]


@case("Places", "a path that is not UTF-8")
def _(world: World) -> list[str]:
    return world.copy(destination=os.fsdecode(b"caf\xe9/service"))


# Tools


@case("Tools", "without `--trust`", 4, "Add `--trust`, or trust the template in Copier's settings.")
def _(world: World) -> list[str]:
    return [*COPIER, "copy", *world.rendering()]


@case("Tools", "an address without a template", 1, "Correct the address.")
def _(world: World) -> list[str]:
    return [*COPIER, "copy", "--trust", "--defaults", "--quiet", "nowhere", "service"]


@case("Tools", "a version that the template does not have", 1, "Correct `--vcs-ref`.")
def _(world: World) -> list[str]:
    options = ("--trust", "--defaults", "--quiet", "--vcs-ref=v9.9.9")
    return [*COPIER, "copy", *options, str(world.template), "service"]


@case("Tools", "without the loader of extensions beside Copier", 1, "Use the command below.")
def _(world: World) -> list[str]:
    version = subprocess.check_output([*COPIER, "--version"], text=True).split()[-1]
    alone = (*ALONE, "--with", f"copier=={version}", "copier")
    return [*alone, "copy", "--trust", *world.rendering()]


@case("Tools", "an old Copier", 1, "Use the command below: uvx takes the newest.")
def _(world: World) -> list[str]:
    old = ("--with", "copier<9.19", "--with", "copier-template-extensions", "copier")
    return [*ALONE, *old, "copy", "--trust", *world.rendering()]


def as_a_user() -> list[str]:
    """Return what a command is put behind to lose root's right to write everywhere, if it has it."""
    if os.geteuid() != 0:
        return []
    unshare = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"], check=False).returncode:
        pytest.skip("root may write everywhere, and no user namespace can be made here")
    return unshare


@pytest.fixture
def world(tmp_path: Path, copier_template: Path) -> World:
    folder = tmp_path / "here"
    folder.mkdir()
    return World(folder, copier_template)


def seen(world: World, text: str) -> list[str]:
    """Return the lines that say what went wrong, without what differs from machine to machine.

    Of a traceback, that is the end.
    """
    text = text.replace(f"{world.folder.resolve()}/", "").replace(f"{world.folder}/", "")
    text = text.replace(str(world.folder), "here").replace(str(world.template), "TEMPLATE")
    if "Traceback" in text:
        _, _, text = text.rpartition("\n  File ")
        text = re.sub(r"\A.*?\n(?=\S)", "", text, flags=re.DOTALL)
        text = f"a traceback, which ends in\n{text}"
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    ends = [i for i, line in enumerate(lines) if line == "------"]  # the rest is the manual
    return lines[: ends[0]] if ends else lines


def row(case: Case, lines: list[str]) -> str:
    """Return the row of the page."""
    said = "<br>".join(
        line.strip().replace("|", r"\|").replace("<", "&lt;").replace("`", "'") for line in lines
    )
    remedy = f"<br>*{case.remedy}*" if case.remedy else ""
    return f"| {case.title} | {case.code} | {said}{remedy} |"


@pytest.mark.parametrize("case", CASES, ids=[case.title.replace(" ", "-") for case in CASES])
def test_it_ends_in_words_and_a_code_and_changes_nothing(
    world: World, case: Case, request: pytest.FixtureRequest
) -> None:
    command = case.prepare(world)
    before = world.state()

    ended = world.run(command)
    lines = seen(world, ended.stdout + ended.stderr)

    assert ended.returncode == case.code, ended.stderr
    assert world.state() == before
    if not case.remedy:
        assert "Traceback" not in ended.stderr
        assert "Nothing was changed." in ended.stderr
    if request.config.getoption("--write-golden"):
        write(case, row(case, lines))
    assert row(case, lines) in PAGE.read_text().splitlines()


def write(case: Case, new: str) -> None:
    """Put the row of a case where the page has it, or where it belongs."""
    lines = PAGE.read_text().splitlines()
    places = [i for i, line in enumerate(lines) if line.startswith(f"| {case.title} |")]
    if places:
        lines[places[0]] = new
    else:
        start = lines.index(f"## {case.kind}")
        rows = [i for i in range(start, len(lines)) if lines[i].startswith("|")]
        end = next(i for i in rows if i + 1 == len(lines) or not lines[i + 1].startswith("|"))
        lines.insert(end + 1, new)
    PAGE.write_text("\n".join(lines) + "\n")


def test_the_page_lists_these_cases_and_no_others() -> None:
    rows = re.findall(r"^\| (.*?) \| \d \|", PAGE.read_text(), re.MULTILINE)

    assert sorted(rows) == sorted(case.title for case in CASES)


# What looks bad and works.


def test_a_path_with_spaces_quotes_or_other_letters_works(world: World) -> None:
    destination = 'a folder/it\'s "here"/café/日本語'

    ended = world.run(world.copy(destination=destination))

    assert ended.returncode == 0, ended.stderr
    assert (world.folder / destination / "pyproject.toml").exists()


def test_an_empty_repository_is_as_good_as_an_empty_folder(world: World) -> None:
    (world.folder / "service").mkdir()
    world.git("init", "--quiet")

    ended = world.run(world.copy())

    assert ended.returncode == 0, ended.stderr
    assert (world.folder / "service" / "pyproject.toml").exists()


def test_who_says_overwrite_keeps_what_the_template_does_not_have(world: World) -> None:
    world.file("service/README.md", "Mine.\n")
    world.file("service/notes.txt", "Mine.\n")

    ended = world.run(world.copy("--overwrite"))

    assert ended.returncode == 0, ended.stderr
    assert (world.folder / "service" / "README.md").read_text().startswith("# My Service\n")
    assert (world.folder / "service" / "notes.txt").read_text() == "Mine.\n"


def test_inside_another_repository_no_second_one_is_proposed(world: World) -> None:
    world.git("init", "--quiet", folder=".")

    ended = world.run([word for word in world.copy(destination="a/b") if word != "--quiet"])

    assert ended.returncode == 0, ended.stderr
    assert "git init" not in ended.stderr
    assert f"part of the repository in {world.folder.resolve()}" in ended.stderr
    assert "CI only reads its files at the top of that repository" in ended.stderr


@pytest.mark.parametrize(
    "locale",
    [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["as Python takes it", "taken literally"],
)
def test_a_shell_without_utf_8_renders_the_same_files(world: World, locale: dict[str, str]) -> None:
    world.file("answers.yml", "author: Zoë\n")

    for name, environment in (("there", {}), ("here", locale)):
        ended = world.run(world.copy("--data-file", "answers.yml", destination=name), **environment)
        assert ended.returncode == 0, ended.stderr

    assert files(world.folder / "here") == files(world.folder / "there")


def files(folder: Path) -> dict[str, bytes]:
    found: Iterator[Path] = (file for file in folder.rglob("*") if file.is_file())
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in found
        if ".git" not in file.relative_to(folder).parts
    }


def test_git_for_windows_changes_no_line_end(world: World) -> None:
    config = {"GIT_CONFIG_GLOBAL": str(world.file("gitconfig", "[core]\n\tautocrlf = true\n"))}
    clone = world.folder / "clone"

    for command in (
        ["git", "clone", "--quiet", str(world.template), str(clone)],
        [*COPIER, "copy", "--trust", "--defaults", "--quiet", str(clone), "service"],
        ["git", "-C", "service", "init", "--quiet"],
        ["git", "-C", "service", "add", "--all"],
        [
            *[
                "git",
                "-C",
                "service",
                "-c",
                "user.name=T",
                "-c",
                "user.email=t@example.org",
                "commit",
                "-qm",
                "Start",
            ]
        ],
        ["git", "clone", "--quiet", "service", "again"],
        [*COPIER, "update", "--trust", "--defaults", "--quiet", "service"],
    ):
        ended = world.run(command, **config)
        assert ended.returncode == 0, ended.stderr

    assert world.git("status", "--porcelain") == ""
    for name in ("clone", "service", "again"):
        found = files(world.folder / name)
        assert len(found) > 100
        assert [path for path, content in found.items() if b"\r\n" in content] == []


def test_both_the_template_and_its_services_fix_their_line_ends() -> None:
    for folder in (ROOT, ROOT / "template"):
        assert "* text=auto eol=lf" in (folder / ".gitattributes").read_text().splitlines()


def test_a_template_that_is_trusted_in_the_settings_needs_no_word_of_trust(world: World) -> None:
    settings = world.file("copier-settings.yml", f"trust: [{world.template}]\n")
    environment = {"COPIER_SETTINGS_PATH": str(settings)}

    ended = world.run([*COPIER, "copy", *world.rendering()], **environment)

    assert ended.returncode == 0, ended.stderr


# An answer to a question that was retired.


def test_an_answer_that_an_older_version_asked_for_is_no_mistake(world: World) -> None:
    template = world.folder / "template"
    shutil.copytree(world.template, template)
    extension = template / "extensions" / "answers.py"
    text = extension.read_text()
    none_yet = "RETIRED_QUESTIONS: Final[frozenset[str]] = frozenset("
    assert none_yet in text
    extension.write_text(text.replace(none_yet, f'{none_yet}["broker"]'))
    world.git("commit", "--quiet", "--all", "--message", "Retire a question", folder="template")
    newer = World(world.folder, template)

    ended = newer.run(newer.copy("-d", "broker=kafka"))

    assert ended.returncode == 0, ended.stderr
    stored = yaml.safe_load((world.folder / "service" / ".copier-answers.yml").read_text())
    assert "broker" not in stored
