"""Test the architecture rules themselves, if the rules or what they run on have changed: `just proof`.

The tests plant every offence and remove every part of every rule, which takes longer than all other tests.
They are skipped if the rules, their tests, the settings, the libraries and the Python version are the same
as when they last passed on this machine. The outcome also depends on `src`, because the offences are planted
in a copy of it, but a change there rarely matters. CI starts with an empty `.local/`, so it always runs them.
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from dev.environment import LOCAL

PROJECT = Path(__file__).resolve().parents[1]
PROVEN = LOCAL / "proven"


def main() -> int:
    """Run the tests if anything has changed; return their exit code."""
    due = digest(PROJECT)
    if "--again" not in sys.argv[1:] and PROVEN.is_file() and PROVEN.read_text() == due:
        print("Nothing has changed since the tests of the rules passed.")
        return 0
    PROVEN.unlink(missing_ok=True)
    processes = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
    command = [sys.executable, "-m", "pytest", "-m", "proof", *processes, "tests/architecture"]
    code = subprocess.run(command, cwd=PROJECT, check=False).returncode
    if code == 0:
        LOCAL.mkdir(exist_ok=True)
        PROVEN.write_text(due)
    return code


def digest(project: Path) -> str:
    """Return a digest of everything but `src` that decides the outcome."""
    read = hashlib.sha256(sys.version.encode())
    for file in _read(project):
        read.update(file.relative_to(project).as_posix().encode() + b"\0")
        read.update(hashlib.sha256(file.read_bytes()).digest())
    return read.hexdigest()


def _read(project: Path) -> Iterator[Path]:
    for name in ("pyproject.toml", "uv.lock"):
        if (project / name).exists():
            yield project / name
    for folder in ("architecture", "tests/architecture"):
        files = (project / folder).rglob("*")
        yield from sorted(f for f in files if f.is_file() and "__pycache__" not in f.parts)


if __name__ == "__main__":
    sys.exit(main())
