"""Changed answers that delete files of a service: refused if the owner has edited or uses one of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from tests.lives import be_born
from tests.test_questionnaire import QUESTIONS
from tests.test_template import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MIGRATIONS = "migrations/versions/"
HEAD = "src/infrastructure/persistence/head.py"


@dataclass(frozen=True)
class Case:
    """A changed answer that deletes files, and what an owner may have done with these files."""

    question: str
    before: Any
    after: Any
    edited: str
    """A file that is deleted."""
    uses: tuple[str, str]
    """A file of the owner's, and its text, which uses a file that is deleted."""
    added: str | None = None
    """A file of the owner's in a folder that is deleted."""

    @property
    def wish(self) -> str:
        return f"{self.question}={str(self.after).lower()}"

    def __str__(self) -> str:
        return f"{self.question} from {self.before} to {self.after}"


IDENTITY = (
    "src/domain/identity/user.py",
    ("src/mine.py", "from domain.identity.user import User\n"),
    "src/application/identity/mine.py",
)
ISSUER = (
    "src/application/authentication.py",
    ("src/mine.py", "from application.authentication import TokenVerifier\n"),
    "tests/integration/authentication/test_mine.py",
)
GITHUB = (
    ".github/workflows/ci.yml",
    ("deploy.yml", "uses: ./.github/workflows/ci.yml\n"),
    ".github/workflows/mine.yml",
)
GITLAB = (".gitlab-ci.yml", ("mine.yml", "include: .gitlab-ci.yml\n"))
RENOVATE = ("renovate.json", ("bots.yml", "config: renovate.json\n"))
DEPENDABOT = (
    ".github/dependabot.yml",
    ("bots.yml", "config: .github/dependabot.yml\n"),
)
CASES = (
    Case("authentication", "own", "external", *IDENTITY),
    Case("authentication", "own", "none", *IDENTITY),
    Case("authentication", "external", "own", *ISSUER),
    Case("authentication", "external", "none", *ISSUER),
    Case("ci", "github", "gitlab", *GITHUB),
    Case("ci", "github", "none", *GITHUB),
    Case("ci", "gitlab", "github", *GITLAB),
    Case("ci", "gitlab", "none", *GITLAB),
    Case("dependency_updates", "renovate", "dependabot", *RENOVATE),
    Case("dependency_updates", "renovate", "none", *RENOVATE),
    Case("dependency_updates", "dependabot", "renovate", *DEPENDABOT),
    Case("dependency_updates", "dependabot", "none", *DEPENDABOT),
    Case(
        "container",
        True,
        False,
        "compose.yaml",
        ("start.sh", "docker compose -f compose.yaml up\n"),
    ),
    Case(
        *("kubernetes", True, False),
        "deploy/kubernetes/base/service.yaml",
        ("release.sh", "kubectl apply --filename deploy/kubernetes/base/service.yaml\n"),
        "deploy/kubernetes/overlays/mine/kustomization.yaml",
    ),
)
# This one has migrations, and an owner's file in a folder that is deleted.
USUAL = {("authentication", "own", "none")}


def parameters() -> Iterator[Any]:
    for case in CASES:
        is_usual = (case.question, case.before, case.after) in USUAL
        marks = [] if is_usual else [pytest.mark.scheduled("other files, in the same way")]
        yield pytest.param(case, id=str(case).replace(" ", "-"), marks=marks)


def test_every_answer_that_deletes_files_has_a_case() -> None:
    """A new option whose files are deleted when it is turned off needs a case above."""
    deleting = set()
    for name, (kind, choices, *_) in QUESTIONS.items():
        answers = (True, False) if kind == "bool" else choices or ()
        for before, after in permutations(answers, 2):
            old, new = (files_of({name: answer}) for answer in (before, after))
            if {path for path in old - new if not path.startswith(MIGRATIONS)}:
                deleting.add((name, before, after))

    assert {(case.question, case.before, case.after) for case in CASES} == deleting


@pytest.mark.parametrize("case", list(parameters()))
def test_an_option_is_turned_off_unless_the_owner_has_edited_or_uses_its_files(
    copier_template: Path, tmp_path: Path, case: Case
) -> None:
    born = f"{case.question}={str(case.before).lower()}"
    life = be_born(copier_template, tmp_path, "HEAD", answers=["-d", born])
    start = life.committed()
    edited, user = life.path / case.edited, life.path / case.uses[0]
    edited.write_text(edited.read_text() + "# mine\n")
    user.write_text(case.uses[1])
    if case.added:
        (life.path / case.added).parent.mkdir(exist_ok=True)
        (life.path / case.added).write_text("# mine\n")
    life.commit()

    refused = life.update(":current:", "-d", case.wish)

    assert refused.returncode == 1
    assert f"{case.wish} would delete files" in refused.stdout.replace("=False", "=false")
    assert f"  {case.edited}: you have edited it\n" in refused.stdout
    assert f"  {case.uses[0]}: it uses " in refused.stdout
    if case.added:
        assert f"  {case.added}: your own file, in a folder that would be deleted" in refused.stdout
    assert life.status() == ""

    life.git("reset", "--quiet", "--hard", "HEAD~1")
    done = life.update(":current:", "-d", case.wish)

    assert done.returncode == 0, done.stdout
    life.commit()
    after = life.committed()
    fresh = be_born(copier_template, tmp_path / "fresh", "HEAD", answers=["-d", case.wish])
    timeline = {path for path in start if path.startswith(MIGRATIONS)} | {HEAD}
    assert {path: after[path] for path in timeline} == {path: start[path] for path in timeline}
    expected = fresh.committed()
    others = {path for path in expected if not path.startswith(MIGRATIONS)} - {HEAD}
    assert {path: after[path] for path in after.keys() - timeline} == {
        path: expected[path] for path in others
    }
