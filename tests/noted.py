"""The commands that tests run in rendered projects, and the time of rendering, for `reporting.py`."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

commands: list[str] = []
"""The commands of the current test, as shell command lines."""

seconds_of_rendering = 0.0
"""The time that the current test has spent on rendering projects that it needs first."""


def note_command(folder: Path, command: Sequence[str], environment: dict[str, str]) -> None:
    settings = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    line = " ".join([*settings, shlex.join(command)])
    commands.append(f"cd {shlex.quote(str(folder))} && {line}")


@contextmanager
def rendering() -> Iterator[None]:
    """Count the time of the block as rendering, separately from the test."""
    global seconds_of_rendering
    started = time.perf_counter()
    yield
    seconds_of_rendering += time.perf_counter() - started
