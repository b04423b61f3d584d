"""The releases of the template, from its list (`updates/releases.yml`) and from tags that are version numbers.

A clone may have the list without the tags. Rows and tags whose commit the clone does not have are ignored.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from dev.files import LocalError

NUMBER = re.compile(r"v?(\d+(?:\.\d+)*)")


def ask(*command: str, folder: Path) -> str:
    """Return the output of a command.

    Raises:
        LocalError: The command failed; the text is its error output.
    """
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise LocalError(done.stderr.strip() or f"{shlex.join(command)} failed.")
    return done.stdout


def number(version: str) -> tuple[int, ...]:
    """Return the parts of a version number; empty if it is not one."""
    found = NUMBER.fullmatch(version)
    return tuple(map(int, found[1].split("."))) if found else ()


@dataclass(frozen=True)
class Version:
    """A commit of the template, and its name: a release, or the commit itself."""

    name: str
    commit: str


@dataclass(frozen=True)
class Template:
    """A clone of the template's history, without its files."""

    folder: Path

    @cached_property
    def releases(self) -> list[Version]:
        """The releases, oldest first."""
        tags = self._git("tag", "--list").split()
        named = {tag: f"refs/tags/{tag}" for tag in tags} | self._table("HEAD", "releases")
        found = {
            number(name): commit
            for name, ref in named.items()
            if number(name) and (commit := self.commit_of(str(ref)))
        }
        return [Version(".".join(map(str, parts)), found[parts]) for parts in sorted(found)]

    @cached_property
    def newest(self) -> Version:
        """The version to update to: the last release, or without releases the last commit."""
        if self.releases:
            return self.releases[-1]
        last = self.commit_of("HEAD") or ""
        return Version(f"commit {last[:7]}", last)

    def commit_of(self, version: str) -> str | None:
        """Return the commit that a tag, or another name of git's, stands for; None if there is none."""
        try:
            return self._git(
                "rev-parse", "--verify", "--end-of-options", version + "^{commit}"
            ).strip()
        except LocalError:
            return None

    def release_of(self, version: str) -> Version | None:
        """Return the newest release that a version contains; None if it contains none."""
        return next(
            (each for each in reversed(self.releases) if self.contains(version, each)), None
        )

    def contains(self, version: str, other: Version) -> bool:
        """Tell whether a version is another one, or came after it."""
        return self._distance(version, other.commit) == 0

    def describe(self, version: str) -> str:
        """Name a version by its release, such as `0.1.0` or `0.1.0 and 3 commits later`."""
        release = self.release_of(version)
        if release is None:
            return f"commit {(self.commit_of(version) or version)[:7]}"
        later = self._distance(release.commit, version)
        commits = "commit" if later == 1 else "commits"
        return f"{release.name} and {later} {commits} later" if later else release.name

    def changes(self, since: str, until: Version) -> list[str]:
        """Return the changes in behaviour between two versions, one sentence each."""
        first, last = self.release_of(since), self.release_of(until.commit)
        lowest = number(first.name) if first else ()
        highest = number(last.name) if last else ()
        listed = self._table(until.commit, "changes")
        versions = [each for each in listed if lowest < number(each) <= highest]
        return [f"{each}: {text}" for each in versions for text in listed[each]]

    def _distance(self, start: str, end: str) -> int:
        """Return the number of commits that are in the history of `end`, and not of `start`."""
        return int(self._git("rev-list", "--count", "--end-of-options", end, f"^{start}"))

    def _table(self, version: str, name: str) -> dict[str, Any]:
        """Read a table of the template's at a version; empty if the template does not have it."""
        try:
            text = self._git("show", f"{version}:updates/{name}.yml")
        except LocalError:
            return {}
        return yaml.safe_load(text) or {}

    def _git(self, *arguments: str) -> str:
        return ask("git", *arguments, folder=self.folder)


@contextmanager
def template_at(address: str, version: str, answers_file: str) -> Iterator[Template]:
    """Clone the template's history.

    Args:
        address: the address or folder of its repository, as git knows it.
        version: the version of this service, as `answers_file` names it.

    Raises:
        LocalError: It cannot be cloned, or does not contain the version of this service.
    """
    with TemporaryDirectory() as folder:
        clone = ("git", "clone", "--quiet", "--bare", "--filter=blob:none", "--", address, folder)
        try:
            ask(*clone, folder=Path.cwd())
        except LocalError as exc:
            raise LocalError(
                f"The template cannot be cloned from {address}:\n{exc}\n\nNothing was changed. If it has"
                " moved, change its address: uv run just template-at ADDRESS"
            ) from exc
        template = Template(Path(folder))
        if not template.commit_of(version):
            known = ", ".join(each.name for each in template.releases) or "none that is released"
            raise LocalError(
                f"The template at {address} has no version {version!r}, which {answers_file} names.\n"
                f"Its versions: {known}. Nothing was changed.\n"
                f"If _commit was edited, restore it: git log -p -- {answers_file}\n"
                "If this is the wrong template, change its address: uv run just template-at ADDRESS"
            )
        yield template
