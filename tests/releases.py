"""The releases of the template: `updates/releases.yml`, and what has to agree with it.

    uv run python -m tests.releases        # list the releases, and what is wrong with them
    uv run python -m tests.releases add    # list the last commit as a release

docs/releases.md describes how a release is made.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from updates.files import Tree
from updates.renders import render
from updates.timeline import VERSIONS

ROOT: Final = Path(__file__).resolve().parents[1]
NUMBER: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
HEADING: Final = re.compile(r"^## \[(?!Unreleased)(.*?)\](?: - (\d{4}-\d\d-\d\d))?$", re.MULTILINE)
TABLES: Final = ("changes", "migrations", "moves")
"""The tables in `updates/` whose keys are releases."""
TIMELINES: Final = ("own", "external", "none")
"""The answers to `authentication`, which decides on the migrations of a service."""

Pins = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Hashes by release, answer to `authentication`, and name of the migration."""


class ReleaseError(Exception):
    """A release cannot be listed; the message is for the maintainer."""


def number(version: str) -> tuple[int, ...]:
    """Return the parts of a version number."""
    return tuple(map(int, version.split(".")))


@dataclass(frozen=True)
class Releases:
    """The releases of the template in a repository."""

    folder: Path = ROOT

    @property
    def commits(self) -> dict[str, str]:
        """The commit of each release, oldest first."""
        return {str(key): str(value) for key, value in self._table("releases").items()}

    @property
    def pins(self) -> Pins:
        """The hashes of released migrations."""
        return self._table("migrations")

    @property
    def coming(self) -> str:
        """The version in pyproject.toml, which is that of the next release, without `.dev0`."""
        return _version(self._text("pyproject.toml")).partition(".dev")[0]

    def has(self, commit: str) -> bool:
        """Tell whether the repository has a commit; a shallow clone has only the last ones."""
        return self._succeeds("cat-file", "-e", f"{commit}^{{commit}}")

    @property
    def is_shallow(self) -> bool:
        return self.git("rev-parse", "--is-shallow-repository").strip() == "true"

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the list, and with what has to agree with it."""
        commits, coming = self.commits, self.coming
        if odd := [version for version in commits if not NUMBER.fullmatch(version)]:
            yield f"updates/releases.yml: {', '.join(odd)}: write versions as MAJOR.MINOR.PATCH."
            return
        if list(commits) != sorted(commits, key=number):
            yield "updates/releases.yml: list the versions in ascending order."
        if commits and number(coming) < max(map(number, commits)):
            yield f"pyproject.toml: version {coming} is older than the last release."
        for name in TABLES:
            for version in self._table(name):
                if version not in commits and version != coming:
                    yield (
                        f"updates/{name}.yml: {version} is neither a release nor the next one ({coming})."
                    )
        yield from self._headings(commits, coming)
        for version, commit in commits.items():
            yield from self._commit(version, commit)

    def _headings(self, commits: Mapping[str, str], coming: str) -> Iterator[str]:
        dates = dict(HEADING.findall(self._text("CHANGELOG.md")))
        for version in commits:
            if not dates.get(version):
                yield f"CHANGELOG.md: the heading `## [{version}] - YYYY-MM-DD` is missing."
        for version in dates.keys() - commits.keys() - {coming}:
            yield f"CHANGELOG.md: {version} is not in updates/releases.yml."

    def _commit(self, version: str, commit: str) -> Iterator[str]:
        row = f"updates/releases.yml: {version}"
        if not COMMIT.fullmatch(commit):
            yield f"{row}: {commit!r} is not a full commit id."
        elif not self.has(commit):
            if not self.is_shallow:
                yield f"{row}: this repository does not have the commit {commit}."
        elif not self._succeeds("merge-base", "--is-ancestor", commit, "HEAD"):
            yield f"{row}: {commit} is not in the history of HEAD."
        elif (found := _version(self.git("show", f"{commit}:pyproject.toml"))) != version:
            yield f"{row}: pyproject.toml in {commit} has version {found}."
        else:
            yield from self._added_later(version, commit)

    def _added_later(self, version: str, commit: str) -> Iterator[str]:
        """Name what differs from the release, such as lines that a merge has put below its heading."""
        remedy = f"{version} is not as it was released: move what is new to the next version."
        released = section(self.git("show", f"{commit}:CHANGELOG.md"), version)
        if section(self._text("CHANGELOG.md"), version) != released:
            yield f"CHANGELOG.md: {remedy}"
        for name in ("moves", "changes"):
            rows = yaml.safe_load(self.git("show", f"{commit}:updates/{name}.yml")) or {}
            if self._table(name).get(version) != rows.get(version):
                yield f"updates/{name}.yml: {remedy}"

    def add(self) -> str:
        """List the last commit as a release, with its migrations; return the version.

        Raises:
            ReleaseError: it cannot be one. Nothing was written.
        """
        version, commits = self.coming, self.commits
        if self.git("status", "--porcelain"):
            raise ReleaseError("Commit your changes first: the last commit becomes the release.")
        if _version(self._text("pyproject.toml")) != version or not NUMBER.fullmatch(version):
            raise ReleaseError("pyproject.toml: set the version of the release: MAJOR.MINOR.PATCH.")
        if version in commits:
            raise ReleaseError(
                f"{version} is already listed. pyproject.toml: set a higher version."
            )
        if not dict(HEADING.findall(self._text("CHANGELOG.md"))).get(version):
            raise ReleaseError(f"CHANGELOG.md: add the heading `## [{version}] - YYYY-MM-DD`.")
        found = {answer: self.migrations(answer) for answer in TIMELINES}
        changed = [
            text for each in TIMELINES for text in changed_migrations(self.pins, each, found[each])
        ]
        if problems := [*self.problems(), *changed]:
            raise ReleaseError("\n".join(problems))
        new = {each: unpinned(self.pins, each, found[each]) for each in TIMELINES}
        self._append("releases", {version: self.git("rev-parse", "HEAD").strip()})
        if any(new.values()):
            self._append("migrations", {version: {each: new[each] for each in new if new[each]}})
        return version

    def migrations(self, authentication: str) -> dict[str, str]:
        """Render the last commit, and return the hashes of its migrations by name."""
        with TemporaryDirectory() as folder:
            answers = {"authentication": authentication}
            return hashes(render(str(self.folder), "HEAD", answers, Path(folder, "service")))

    def _append(self, name: str, row: Mapping[str, Any]) -> None:
        path = self.folder / "updates" / f"{name}.yml"
        written = yaml.safe_dump(dict(row), sort_keys=False)
        # The key is quoted: 1.10 would be a number.
        written = re.sub(r"^'?([\d.]+)'?:", r'"\1":', written)
        path.write_text(path.read_text(encoding="utf-8").removesuffix("{}\n") + written)

    def _table(self, name: str) -> dict[str, Any]:
        return yaml.safe_load(self._text(f"updates/{name}.yml")) or {}

    def _text(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def git(self, *arguments: str) -> str:
        """Run git in the repository and return its output."""
        command = ["git", *arguments]
        return subprocess.run(
            command, cwd=self.folder, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def _succeeds(self, *arguments: str) -> bool:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, check=False
        )
        return done.returncode == 0


def section(changelog: str, version: str) -> str:
    """Return what a changelog says about a version; empty if it has no heading."""
    return changelog.partition(f"\n## [{version}]")[2].partition("\n## [")[0].strip()


def _version(pyproject: str) -> str:
    return str(tomllib.loads(pyproject)["project"]["version"])


def hashes(tree: Tree) -> dict[str, str]:
    """Return the hashes of the migrations of a render, by name."""
    return {
        path.removeprefix(VERSIONS): hashlib.sha256(file.content).hexdigest()
        for path, file in sorted(tree.items())
        if path.startswith(VERSIONS) and path.endswith(".py")
    }


def changed_migrations(pins: Pins, answer: str, found: Mapping[str, str]) -> Iterator[str]:
    """Name each released migration that is not rendered as it was.

    Args:
        answer: the answer to `authentication`.
        found: the hashes of the migrations that are rendered now.
    """
    for version, pinned in pins.items():
        for name, was in pinned.get(answer, {}).items():
            if found.get(name) != was:
                what = "is rendered differently" if name in found else "is no longer rendered"
                yield (
                    f"{VERSIONS}{name} {what} with authentication={answer}. Services have had it since"
                    f" {version}, and their databases have run it: restore it, and write a new migration."
                )


def unpinned(pins: Pins, answer: str, found: Mapping[str, str]) -> dict[str, str]:
    """Return the migrations that no release has."""
    known = {name for pinned in pins.values() for name in pinned.get(answer, {})}
    return {name: text for name, text in found.items() if name not in known}


def main(*arguments: str) -> None:
    """List the releases, or add one."""
    releases = Releases()
    if arguments == ("add",):
        try:
            version = releases.add()
        except ReleaseError as exc:
            sys.exit(f"{exc}\nNothing was written.")
        print(
            f"{version} is listed. Next:",
            f"  git commit --all --message 'List release {version}'",
            f"  git tag v{version} HEAD~1",
            sep="\n",
        )
    elif arguments:
        sys.exit(__doc__)
    else:
        for version, commit in releases.commits.items():
            print(version, commit)
        if problems := list(releases.problems()):
            sys.exit("\n".join(problems))


if __name__ == "__main__":
    main(*sys.argv[1:])
