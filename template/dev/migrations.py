"""Check with squawk that migrations do not disrupt a running service: `just migrations`.

squawk reads the SQL of each migration. It finds statements that block others for a long time, and
changes that the previous release cannot work with. A comment in the migration, on the same line or
above it, allows an exception: `# squawk-ignore: ban-drop-column - nothing reads it since 0007`.
"""

import io
import json
import re
import subprocess
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config

PROJECT = Path(__file__).resolve().parents[1]
VERSIONS = PROJECT / "migrations" / "versions"
OPTIONS = ["--pg-version=18", "--reporter=json", "--no-error-on-unmatched-pattern"]
NOT_ASKED = (
    "prefer-bigint-over-int",  # the models decide how large a number can get
    "prefer-robust-stmts",  # a migration that fails is rolled back
    "prefer-text-field",  # PostgreSQL allows longer texts without rewriting the table
    "require-statement-timeout",  # the other rules find statements that block others
)
ALLOWED = re.compile(r"# squawk-ignore: (?P<rules>[\w-]+(?:, [\w-]+)*) - \S")


@dataclass(frozen=True, order=True)
class Place:
    """A line of a migration."""

    file: Path
    line: int

    def allowed(self) -> set[str]:
        """Return the rules that a comment allows to be broken here."""
        lines = self.file.read_text().splitlines()
        first = self.line - 1
        while first and lines[first - 1].lstrip().startswith("#"):
            first -= 1
        comments = "\n".join(lines[first : self.line])
        return {rule for found in ALLOWED.finditer(comments) for rule in found[1].split(", ")}

    def __str__(self) -> str:
        return f"{self.file.relative_to(PROJECT)}:{self.line}"


class Transactions(io.StringIO):
    """The output of Alembic: one text for each migration, with the place of origin of each line."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.places: list[list[Place | None]] = []

    def write(self, statement: str) -> int:
        place = _place_in_a_migration()
        if place is None and statement.startswith("BEGIN;"):
            self.texts.append("")
            self.places.append([])
        if self.texts:
            self.texts[-1] += statement
            self.places[-1] += [place] * statement.count("\n")
        return len(statement)


def _place_in_a_migration() -> Place | None:
    for frame, line in traceback.walk_stack(None):
        file = Path(frame.f_code.co_filename)
        if file.parent == VERSIONS:
            return Place(file, line)
    return None


def main() -> None:
    written = Transactions()
    config = Config(toml_file=PROJECT / "pyproject.toml", output_buffer=written)
    command.upgrade(config, "heads", sql=True)
    problems = [*find_problems(written)]
    for place, rule, said in sorted(problems):
        print(f"{place}: {rule}: {said}")
    if problems:
        sys.exit(
            f"{len(problems)} found. To allow an exception: # squawk-ignore: the-rule - the reason"
        )


def find_problems(written: Transactions) -> set[tuple[Place, str, str]]:
    """Return the problems that squawk has found, and the exceptions that are not needed."""
    found: set[tuple[Place, str, str]] = set()
    for each in ask_squawk(written.texts):
        place = written.places[int(Path(each["file"]).stem)][each["line"]]
        if place:
            found.add((place, each["rule_name"], f"{each['message']} {each['help'] or ''}".strip()))
    places = {place for lines in written.places for place in lines if place}
    needless = {
        (place, rule, "This exception is not needed.")
        for place in places
        for rule in place.allowed() - {rule for where, rule, _ in found if where == place}
    }
    return {one for one in found if one[1] not in one[0].allowed()} | needless


def ask_squawk(texts: list[str]) -> list[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            (Path(folder) / f"{number}.sql").write_text(text)
        tool = [str(Path(sys.executable).with_name("squawk")), *OPTIONS]
        asked = subprocess.run(
            [*tool, f"--exclude={','.join(NOT_ASKED)}", folder + "/*.sql"],
            capture_output=True,
            text=True,
            check=False,
        )
    if not asked.stdout.startswith("["):
        sys.exit(f"squawk failed: {asked.stderr.strip()}")
    answer: list[dict[str, Any]] = json.loads(asked.stdout)
    return answer


if __name__ == "__main__":
    main()
