"""A template repository with its releases and three more versions, and services that are updated.

The versions are above any release: `v99.1.0` is the template of the working tree. `v99.2.0` has the changes
of a realistic release. `v99.3.0` changes many files, moves a folder and deletes another. So a service of any
release has files that the template leaves, changes, moves and drops.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from extensions.strata_contexts.view import LAST_MIGRATIONS
from tests.copying import NO_SETTINGS, commit, git, git_bytes
from tests.owners import Edit
from tests.releases import ROOT, Releases
from tests.variants import Answers, all_variants, answers_of
from updates.files import File, write_file
from updates.repository import Repository

VERSIONS = ("v99.1.0", "v99.2.0", "v99.3.0")
NOW, REALISTIC, NEWEST = VERSIONS
RELEASES = Releases().commits
"""The commit of each release; a shallow clone may not have it."""

LAST = LAST_MIGRATIONS["own"]
"""The name of the template's last migration in a service with its own users."""
OF_THE_NEXT = f"{int(LAST[:4]) + 1:04}"
"""The number of the migration that comes after it."""

SOME_VARIANTS = (
    "default",
    "external-no-ci-long",
    "gitlab-no-image-long",
    "anonymous-gitlab-kubernetes-unusual",
)
"""The variants that are updated."""

RULES = "architecture/rules/"
"""The folder that the last version deletes."""
OFFENCES = "tests/architecture/offences/"
"""The folder that the last version moves. It also changes every other file of it."""
PLANTED = "tests/architecture/planted/"
IMPROVED = "# improved by the template\n"

SETTINGS = {
    "plain": "",
    "odd": "[status]\n showUntrackedFiles = no\n relativePaths = false\n"
    "[merge]\n conflictStyle = zdiff3\n renames = false\n"
    "[diff]\n noprefix = true\n renames = copies\n external = false\n algorithm = histogram\n"
    "[core]\n quotePath = true\n abbrev = 40\n fileMode = true\n"
    "[apply]\n whitespace = fix\n[color]\n ui = always\n[rerere]\n enabled = true\n",
    "crlf": "[core]\n autocrlf = true\n eol = crlf\n safecrlf = false\n[diff]\n mnemonicPrefix = true\n",
}
LIVES = TemporaryDirectory(prefix="lives-of-services-")
BORN: dict[tuple[object, ...], Path] = {}
"""Copies of the services that were born, by all that they depend on."""
IDENTITY = (
    "[user]\n name = Owner\n email = owner@example.org\n[init]\n defaultBranch = main\n"
    "[advice]\n detachedHead = false\n"
)


def make_template(folder: Path, changes: Sequence[Callable[[Path], None]] = ()) -> Path:
    """Create a template repository from the history and the working tree, with a tag for each version.

    Args:
        changes: what each version changes; by default those of the versions above.
    """
    if known_releases():
        git(ROOT, "clone", "--quiet", "--no-tags", str(ROOT), str(folder))
        git(folder, "checkout", "--quiet", "-B", "main")
        git(folder, "rm", "-r", "--quiet", ".")
    else:
        folder.mkdir(exist_ok=True)
        git(folder, "init", "--quiet")
    listed = git(ROOT, "ls-files", "-co", "--exclude-standard", "-z").split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for version, change in zip(VERSIONS, changes or (leave, improve, upset), strict=False):
        change(folder)
        commit(folder, version)
        git(folder, "tag", version)
    return folder


def make_older_template(folder: Path) -> Path:
    """Create the same without the newest version."""
    make_template(folder)
    git(folder, "tag", "--delete", NEWEST)
    git(folder, "reset", "--quiet", "--hard", REALISTIC)
    return folder


def known_releases() -> list[str]:
    """Return the releases whose commit this clone has."""
    return [name for name, commit in RELEASES.items() if Releases().has(commit)]


def commit_of(release: str) -> str:
    """Return the commit of a release; the test is skipped if this clone does not have it."""
    if not Releases().has(RELEASES[release]):
        pytest.skip(f"this clone is shallow, and does not have the commit of {release}")
    return RELEASES[release]


def version_of(born: str) -> str:
    """Return what Copier calls a release, or a version of `make_template`."""
    return born if born in VERSIONS else commit_of(born)


def leave(folder: Path) -> None:
    """Change nothing: the first version."""


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text, f"{path.name} has no {before!r}"
    path.write_text(text.replace(before, after))


def add_row(folder: Path, table: str, version: str, row: str) -> None:
    """Add a version to a table of the template's."""
    path = folder / "updates" / f"{table}.yml"
    text = path.read_text().removesuffix("{}\n")
    path.write_text(f'{text}"{version.removeprefix("v")}":\n  {row}\n')


def improve(folder: Path) -> None:
    """Move a file, add an option and a migration, and change files that owners usually edit."""
    template = folder / "template"
    presentation = template / "src" / "presentation"
    (presentation / "middleware.py").rename(presentation / "messages.py")
    for path in template.rglob("*.py"):
        if "presentation.middleware" in (text := path.read_text()):
            path.write_text(text.replace("presentation.middleware", "presentation.messages"))
    move = "src/presentation/middleware.py: src/presentation/messages.py"
    add_row(folder, "moves", REALISTIC, move)
    add_row(folder, "changes", REALISTIC, "- Orders of more than a ton are refused.")
    clients = template / "docs" / "clients.md.jinja"
    clients.rename(clients.with_name("{% if client_guide %}clients.md{% endif %}.jinja"))
    with (folder / "copier.yml").open("a") as questions:
        questions.write("\nclient_guide:\n  type: bool\n  help: A page?\n  default: true\n")
    known = '    "kubernetes": yes_or_no_problem,\n'
    guide = '    "client_guide": yes_or_no_problem,\n'
    replace(folder / "extensions" / "answers.py", known, known + guide)
    add_table(template)
    replace(
        template / "pyproject.toml.jinja", "line-length = 100\n", f"line-length = 100\n{IMPROVED}"
    )
    replace(
        template / "justfile.jinja", "# List the recipes.\n", f"{IMPROVED}# List the recipes.\n"
    )
    replace(
        template / "README.md.jinja", "## Getting started\n", "## Getting started\n\nBetter said.\n"
    )
    replace(presentation / "app.py", "\nimport asyncio\n", f"\n{IMPROVED}import asyncio\n")
    replace(template / ".gitignore", ".coverage.json\n", ".coverage.json\n.improved/\n")
    change_contract(template)


def add_table(template: Path) -> None:
    """Add a table: its model, and a migration after the last one of the template."""
    for authentication in ("own", "external", "none"):
        add_migration(template, authentication)
    persistence = template / "src" / "infrastructure" / "persistence"
    (persistence / "releases").mkdir()
    (persistence / "releases" / "__init__.py").touch()
    (persistence / "releases" / "models.py").write_text(
        '"""The model of releases."""\n\nfrom sqlalchemy import Text\n'
        "from sqlalchemy.orm import Mapped, mapped_column\n\n"
        "from infrastructure.persistence.base import Base\n\n\n"
        'class ReleaseModel(Base):\n    """A release."""\n\n    __tablename__ = "releases"\n\n'
        "    name: Mapped[str] = mapped_column(Text, primary_key=True)\n"
    )
    base = "from infrastructure.persistence.base import Base\n"
    model = "import infrastructure.persistence.releases.models\n"
    replace(persistence / "metadata.py.jinja", base, model + base)


def add_migration(template: Path, authentication: str) -> None:
    """Add a migration to the services with this answer, whose numbers depend on it."""
    names = template.parent / "extensions" / "strata_contexts" / "view" / "model.py"
    [last] = re.findall(f'"{authentication}": "(.*)"', names.read_text())
    before = last[:4]
    revision = f"{int(before) + 1:04}"
    replace(
        names, f'"{authentication}": "{last}"', f'"{authentication}": "{revision}_note_releases"'
    )
    condition = f"{{% if authentication == '{authentication}' %}}"
    folder = template / "migrations" / "versions"
    (folder / f"{condition}{revision}_note_releases.py{{% endif %}}").write_text(
        '"""Note which releases there were."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        f'revision: str = "{revision}"\ndown_revision: str | None = "{before}"\n\n\n'
        "def upgrade() -> None:\n"
        '    op.create_table(\n        "releases",\n'
        '        sa.Column("name", sa.Text(), nullable=False),\n'
        '        sa.PrimaryKeyConstraint("name", name="pk_releases"),\n    )\n\n\n'
        'def downgrade() -> None:\n    op.drop_table("releases")\n'
    )


def change_contract(template: Path) -> None:
    """Change the template's API document."""
    contract = template / "openapi.json.jinja"
    replace(contract, '"openapi": "', '"x-improved": true,\n  "openapi": "')


def upset(folder: Path) -> None:
    """Change, move and delete many files at once."""
    template = folder / "template"
    (template / OFFENCES).rename(template / PLANTED)
    add_row(folder, "moves", NEWEST, f"{OFFENCES}: {PLANTED}")
    for path in sorted((template / PLANTED).iterdir())[::2]:
        improve_lines(path)
    for path in changed_files(folder):
        improve_lines(path)
    shutil.rmtree(template / RULES)


def changed_files(template: Path) -> list[Path]:
    """Return the files that the last version changes: long Python files without Jinja."""
    folders = ("architecture/typed", "architecture/grammars", "architecture/contracts")
    found = [path for name in folders for path in sorted((template / "template" / name).iterdir())]
    return [path for path in found if path.suffix == ".py" and path.read_bytes().count(b"\n") >= 40]


def improve_lines(path: Path) -> None:
    """Insert a line near the beginning, and change one near the end."""
    lines = path.read_text().splitlines(keepends=True)
    lines[len(lines) * 3 // 4] = "# said anew by the template\n"
    lines.insert(2, IMPROVED)
    path.write_text("".join(lines))


def options_of(variant: str) -> list[str]:
    """Return the answers of a variant as options of Copier's command line."""
    return as_options(answers_of(all_variants()[variant]))


def answers_at(template: Path, version: str, variant: str) -> Answers:
    """Return the answers of a variant to the questions that a version asks."""
    asked = yaml.safe_load(git(template, "show", f"{version}:copier.yml"))
    answers = answers_of(all_variants()[variant])
    return {name: value for name, value in answers.items() if name in asked}


def as_options(answers: Answers) -> list[str]:
    """Return answers as options of Copier's command line."""
    return [text for name, value in answers.items() for text in ("-d", f"{name}={value}")]


@dataclass(frozen=True)
class Life:
    """A service, with the git settings of its owner."""

    path: Path
    config: Path
    template: Path

    @property
    def environment(self) -> dict[str, str]:
        git_settings = {"GIT_CONFIG_GLOBAL": str(self.config), "GIT_CONFIG_NOSYSTEM": "1"}
        return git_settings | NO_SETTINGS

    def git(self, *arguments: str) -> bytes:
        """Run git as the owner."""
        return git_bytes(self.path, *arguments, **self.environment)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Mine")

    def make(self, edits: Iterable[Edit]) -> None:
        """Make edits and commit them, with the line endings that each file has on disk."""
        for edit in edits:
            for path, file in edit.made.items():
                place = self.path / path
                crlf = place.is_file() and b"\r\n" in place.read_bytes()
                if file is None:
                    place.unlink()
                elif crlf:
                    write_file(place, File(file.content.replace(b"\n", b"\r\n"), file.mode))
                else:
                    write_file(place, file)
        self.commit()

    def copier(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Copier in the service's folder, with its whole output in `stdout`."""
        return subprocess.run(
            [sys.executable, "-m", "copier", *arguments],
            cwd=self.path,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def update(self, version: str = NEWEST, *options: str) -> subprocess.CompletedProcess[str]:
        return self.copier("update", "--trust", "--defaults", f"--vcs-ref={version}", *options)

    def status(self) -> str:
        """Return all changes since the last commit, including untracked and ignored files."""
        options = ("--porcelain", "--untracked-files=all", "--ignored", "-z", "--", ".")
        return os.fsdecode(self.git("-c", "color.ui=false", "status", *options))

    def committed(self) -> dict[str, File]:
        """Return the committed files of the service."""
        repository = Repository(self.path)
        return repository.read(repository.committed)


def be_born(
    template: Path,
    folder: Path,
    version: str = VERSIONS[0],
    *,
    settings: str = "plain",
    below: str = "",
    answers: Sequence[str] = (),
) -> Life:
    """Render a service from a version and commit it, or copy one that was born in the same way.

    Args:
        settings: the name of the owner's git settings in `SETTINGS`.
        below: the service's folder in the repository; empty for the top level.
        answers: options of Copier's command line.
    """
    life = Life(folder / "repository" / below, folder / "gitconfig", template)
    commit = git(template, "rev-parse", f"{version}^{{commit}}").strip()
    born = (template, commit, version, settings, below, *answers)
    if born in BORN:
        shutil.copytree(BORN[born], folder, symlinks=True, dirs_exist_ok=True)
        return life
    folder.mkdir(parents=True, exist_ok=True)
    life.config.write_text(IDENTITY + SETTINGS[settings])
    top = folder / "repository"
    top.mkdir()
    git_bytes(top, "init", "--quiet", **life.environment)
    made = subprocess.run(
        [
            *(sys.executable, "-m", "copier", "copy", "--trust", "--defaults", "--quiet"),
            *(f"--vcs-ref={version}", *answers, str(template), str(life.path)),
        ],
        env=os.environ | life.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    life.commit()
    kept = Path(LIVES.name, str(len(BORN)))
    shutil.copytree(top, kept / top.name, symlinks=True)
    shutil.copy(life.config, kept)
    BORN[born] = kept
    return life
