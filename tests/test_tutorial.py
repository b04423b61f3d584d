"""The tutorial, read and followed as it stands: each command is run, and what it prints is compared.

Fences tell what to do: `sh` is run, `diff` is applied, and `text` is what the last commands have printed, with
`...` for what differs each time. Any other fence begins with a comment that names its file.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from tests.conftest import owners_environment
from tests.production import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
TUTORIAL = ROOT / "docs/tutorial.md"
SERVE = "uv run just dev"
FILE = re.compile(r"# (\S+)\n")
PATIENCE = 120  # seconds, on a machine with other load


@dataclass
class Reader:
    """Somebody who follows the tutorial in a shell, and starts the service in another one."""

    home: Path
    folder: Path
    port: int
    printed: str = ""
    serving: list[subprocess.Popen[str]] = field(default_factory=list)

    def follow(self, kind: str, text: str) -> None:
        if kind == "sh" and text.strip() == SERVE:
            self.serve()
        elif kind == "sh":
            self.run(text)
        elif kind == "text":
            self.compare(text)
        elif kind == "diff":
            (self.folder / "own.diff").write_text(text)
            self.run("git apply own.diff && rm own.diff")
        elif found := FILE.match(text):
            (self.folder / found[1]).write_text(text[found.end() :])

    def run(self, script: str) -> None:
        where = self.home / "folder"
        script = script.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"trap 'pwd > {where}' EXIT\n{script}"],
            cwd=self.folder,
            env=owners_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.printed = ended.stdout
        assert ended.returncode == 0, f"{script}\n{ended.stdout}"
        self.folder = Path(where.read_text().strip())

    def serve(self) -> None:
        self.stop()
        log = self.home / "dev.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                SERVE.split(),
                cwd=self.folder,
                env=owners_environment() | {"PORT": str(self.port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        self.serving.append(process)
        deadline = time.monotonic() + PATIENCE
        while "API " not in log.read_text() and process.poll() is None:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        self.printed = log.read_text()

    def compare(self, expected: str) -> None:
        expected = expected.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        pattern = "(?s:.*?)".join(map(re.escape, expected.strip().split("...")))
        assert re.search(pattern, self.printed), f"expected\n{expected}\nprinted\n{self.printed}"

    def stop(self) -> None:
        for process in self.serving:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(PATIENCE)
        self.serving.clear()


def fences() -> Iterator[tuple[str, str]]:
    for token in MarkdownIt().parse(TUTORIAL.read_text()):
        if token.type == "fence":
            yield token.info, token.content


@pytest.mark.scheduled("a service is made, checked twice and updated, which takes minutes")
def test_the_tutorial_works_as_it_stands(tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(tmp_path / "strata")], check=True)
    reader = Reader(tmp_path, tmp_path / "strata", free_port())

    try:
        for kind, text in fences():
            reader.follow(kind, text)
    finally:
        reader.stop()
