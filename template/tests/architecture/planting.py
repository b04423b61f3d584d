"""Planting code in a copy of the service, and holding the copy to the rules.

`offences/<rule>.py` shows both sides of a rule: offences, which it has to refuse, and innocents,
which look similar and have to pass. Each begins with its name and says where it is planted:

    # offence: behind a helper
    # plant: src/domain/billing/invoice.py   a new file; packages are made as needed
    # orphan: src/domain/billing/invoice.py  the same, in a folder without an `__init__.py`
    # append: src/application/errors.py      to the end of a file that is there

An offence may take several files. Each line that has to be refused ends with `# refused`, which is
not planted.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
OFFENCES = Path(__file__).parent / "offences"

_NAME = re.compile(r"^# (offence|innocent): (.+)\n", re.MULTILINE)
_PLACE = re.compile(r"^# (plant|orphan|append): (\S+).*\n", re.MULTILINE)
_PLANTED = re.compile(r"^# (plant|orphan): (\S+)", re.MULTILINE)
_PLACES = (
    "domain",
    "application",
    "infrastructure/persistence",
    "presentation/deps",
    "presentation/routers",
    "schemas",
)
_MARK = re.compile(r" *# refused$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Planting:
    rule: str
    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    path: str
    line: int
    rule: str


def plantings(kind: str) -> list[Planting]:
    """Return all offences, or all innocents."""
    return [planting for file in sorted(OFFENCES.iterdir()) for planting in _read(file, kind)]


def copy_of_the_service(folder: Path) -> Path:
    """Copy what is held to the rules, and what mypy has found out about the libraries.

    A context of the service that is called like a planted one stays out, so that they do not mix.
    """
    unneeded = shutil.ignore_patterns("__pycache__", ".*")
    for part in ("src", "architecture"):
        shutil.copytree(ROOT / part, folder / part, ignore=unneeded)
    for name in _contexts_that_are_planted():
        for place in _PLACES:
            shutil.rmtree(folder / "src" / place / name, ignore_errors=True)
    shutil.copy(ROOT / "pyproject.toml", folder)
    if (cache := ROOT / ".mypy_cache").exists():
        shutil.copytree(cache, folder / cache.name)
    return folder


def plant(planting: Planting, service: Path) -> set[tuple[str, int]]:
    """Plant it and return the places where it has to be refused."""
    _, *sections = _PLACE.split(planting.text)
    assert sections, f"{planting.name} does not say where it is to be planted"
    places = set()
    for how, path, text in zip(*[iter(sections)] * 3, strict=True):
        first = _write(service, how, path, _MARK.sub("", text).rstrip("\n") + "\n")
        lines = enumerate(text.splitlines(), first)
        places |= {(path, number) for number, line in lines if _MARK.search(line)}
    return places


def held_to_the_rules(service: Path) -> set[Refused]:
    """Run the commands that the owner runs, and return what they refuse."""
    refused = set()
    for arguments in ([], ["--types"]):
        result = run(service, "--format", "sarif", *arguments)
        assert result.returncode in (0, 1), result.stderr
        (report,) = json.loads(result.stdout)["runs"]
        refused |= {_refused(found) for found in report["results"]}
    return refused


def run(service: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "architecture", *arguments],
        cwd=service,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def _contexts_that_are_planted() -> set[str]:
    """Return the contexts of the service that have the name of something planted."""
    texts = (file.read_text(encoding="utf-8") for file in OFFENCES.iterdir())
    paths = {path for text in texts for _, path in _PLANTED.findall(text)}
    own = {folder.name for folder in (ROOT / "src/domain").iterdir() if folder.is_dir()}
    return own & {part.removesuffix(".py") for path in paths for part in path.split("/")[2:]}


def _read(file: Path, kind: str) -> list[Planting]:
    before, *parts = _NAME.split(file.read_text(encoding="utf-8"))
    assert not before, f"{file} does not begin with a name"
    named = zip(*[iter(parts)] * 3, strict=True)
    return [Planting(file.stem, k, name, text) for k, name, text in named if k == kind]


def _write(service: Path, how: str, path: str, text: str) -> int:
    """Write the text and return the number of its first line."""
    target = service / path
    # In the copy, a file of the service's own gives way to one that is planted under its name.
    allowed = target.exists() if how == "append" else not target.exists() or (ROOT / path).exists()
    assert allowed, f"cannot {how}: {path}"
    if how == "append":
        before = target.read_text(encoding="utf-8")
        target.write_text(before + text, encoding="utf-8")
        return before.count("\n") + 1
    target.parent.mkdir(parents=True, exist_ok=True)
    if how == "plant":
        _make_packages(target.parent, service / "src")
    target.write_text(text, encoding="utf-8")
    return 1


def _make_packages(folder: Path, source: Path) -> None:
    layer = source.joinpath(*folder.relative_to(source).parts[:1])
    for package in (folder, *folder.parents):
        if package.is_relative_to(layer) and layer != source:
            (package / "__init__.py").touch()


def _refused(found: dict[str, object]) -> Refused:
    match found:
        case {
            "ruleId": str(rule),
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": str(path)},
                        "region": {"startLine": int(line)},
                    }
                }
            ],
        }:
            return Refused(path, line, rule)
    raise AssertionError(found)
