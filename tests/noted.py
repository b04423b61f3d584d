"""What the tests do in rendered projects, noted for the reporting: see `reporting.py`."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

commands: list[str] = []
"""What the test that is running has run, ready to be pasted into a shell."""

seconds_of_rendering = 0.0
"""What has been rendered for it, as the first one that needed it."""


def note_command(folder: Path, command: Sequence[str], environment: dict[str, str]) -> None:
    settings = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    line = " ".join([*settings, shlex.join(command)])
    commands.append(f"cd {shlex.quote(str(folder))} && {line}")


@contextmanager
def rendering() -> Iterator[None]:
    """Count the time of the block as that of rendering, not as that of the test."""
    global seconds_of_rendering
    started = time.perf_counter()
    yield
    seconds_of_rendering += time.perf_counter() - started
