"""Judges mutants of contexts by the tests of a service, in a copy of its folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dev.postgres import LocalPostgres

from tests.conftest import ROOT, owners_environment
from tests.teeth.mutants import Mutant

NOTICED: Final = "noticed by a test"
BY_IMPORT: Final = "noticed by an import"
UNNOTICED: Final = "not noticed"
HUNG: Final = -signal.SIGALRM
"""How pytest ends if it took too long."""


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant, and the test that noticed it."""

    mutant: Mutant
    outcome: str
    test: str = ""


@dataclass
class Judge:
    """A copy of a service, in which files are replaced by those of one mutant after another."""

    folder: Path
    server: LocalPostgres
    process: subprocess.Popen[str]
    count: int = field(default=0)

    def judge(self, mutant: Mutant) -> Verdict:
        """Run the tests that should notice a mutant, those without a database first, until one fails."""
        with self._replaced(mutant):
            for files in self.tests_of(mutant):
                code, output = self.run("-x", *files)
                if code == HUNG:
                    return Verdict(mutant, NOTICED, "a test that did not end")
                if code:
                    name = first_failure(output)
                    return Verdict(mutant, NOTICED if "::" in name else BY_IMPORT, name)
        return Verdict(mutant, UNNOTICED)

    def tests_of(self, mutant: Mutant) -> Iterator[list[str]]:
        """Yield the files of each run: of each level, first the tests of what was changed, then of its users."""
        for level in ("tests/unit", "tests/integration"):
            found = sorted((self.folder / level).rglob("test_*.py"), reverse=True)
            files = [str(file.relative_to(self.folder)) for file in found]
            for pattern in mutant.tests:
                if chosen := [file for file in files if pattern.fullmatch(file)]:
                    yield chosen

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run pytest, with a database of its own if it needs one; return how it ended, and what it printed."""
        needs_database = any(each.startswith("tests/integration") for each in arguments)
        self.count += 1
        name = f"mutant-{self.count}"
        if needs_database:
            self.server.create_database(name)
        quiet = ("-q", "-p", "no:cacheprovider", "-m", "not fuzz", "--tb=no")
        url = self.server.url(name) if needs_database else ""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([url, *quiet, *arguments]), file=self.process.stdin, flush=True)
        told = json.loads(self.process.stdout.readline())
        if needs_database:
            self.server.drop_database(name)
        return told["code"], told["output"]

    @contextmanager
    def _replaced(self, mutant: Mutant) -> Iterator[None]:
        before: dict[Path, tuple[bytes, int] | None] = {}
        try:
            for path, text in mutant.files.items():
                file = self.folder / path
                is_there = file.exists()
                before[file] = (file.read_bytes(), file.stat().st_mtime_ns) if is_there else None
                if text is None:
                    file.unlink()
                else:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(text)
            yield
        finally:
            for file, known in before.items():
                if known is None:
                    file.unlink()
                    continue
                content, changed = known
                file.write_bytes(content)
                os.utime(file, ns=(changed, changed))  # so that its bytecode still is that of it


def first_failure(output: str) -> str:
    """Return the name of the first test that failed, or of the first file without an import.

    Raises:
        AssertionError: pytest names none, so it has failed itself.
    """
    for line in output.splitlines():
        if line.startswith(("FAILED ", "ERROR ")):
            return line.partition(" ")[2].partition(" - ")[0]
    if "while loading conftest" in output:
        return "conftest.py"
    raise AssertionError(output)


@contextmanager
def judging(service: Path, scratch: Path) -> Iterator[Judge]:
    """Copy a service, and start a database and a Python that has its libraries."""
    folder = scratch / "copy"
    shutil.copytree(service, folder, ignore=shutil.ignore_patterns(".venv", ".git", ".local"))
    scratch.chmod(0o755)  # root's server runs as `nobody`
    with LocalPostgres(scratch / "postgres", durable=False).running() as server:
        process = subprocess.Popen(
            [str(service / ".venv/bin/python"), str(ROOT / "tests/teeth/forked_pytest.py")],
            cwd=folder,
            env=owners_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield Judge(folder, server, process)
        finally:
            process.communicate()
