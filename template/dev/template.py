"""Update this service from its template: `just update`, `just template-status`, `just template-at`.

`docs/updates.md` describes them. Options of `just update` are passed to Copier: `--vcs-ref v1.2.0`.
"""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from dev.files import LocalError

PROJECT = Path(__file__).resolve().parents[1]
ANSWERS = ".copier-answers.yml"
COPIER = ("uvx", "--with", "copier-template-extensions", "copier")
SHORTHANDS = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/", "git+": ""}
RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)")
GENERATED = {"openapi.json": "openapi", "docs/rules.md": "rules-page"}
"""Files that are generated from the code, and the recipes that do it."""


def main() -> None:
    try:
        match sys.argv[1:]:
            case ["update", *options]:
                update(options)
            case ["status"]:
                tell_status()
            case ["at", address]:
                move(address)
            case _:
                sys.exit(__doc__)
    except LocalError as exc:
        sys.exit(str(exc))


def run(*command: str) -> int:
    """Run a command in the project's folder, with its output on the terminal; return its exit code."""
    sys.stdout.flush()
    return subprocess.run(command, cwd=PROJECT, check=False).returncode


def ask(*command: str, folder: Path = PROJECT) -> str:
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


@dataclass(frozen=True)
class Origin:
    """The template's address and version, and the answers, as the answers file records them."""

    address: str
    version: str
    answers: dict[str, Any]


def read_origin() -> Origin:
    """Read the answers file.

    Raises:
        LocalError: It is missing, is not valid YAML, or does not name a template and a version.
    """
    remedy = f"Restore it from git: git log --oneline -- {ANSWERS}"
    try:
        answers = yaml.safe_load((PROJECT / ANSWERS).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise LocalError(f"{ANSWERS} cannot be read: {exc}\n{remedy}") from exc
    if not isinstance(answers, dict) or not {"_src_path", "_commit"} <= answers.keys():
        raise LocalError(
            f"{ANSWERS} does not name the template (_src_path) and its version (_commit).\n{remedy}"
        )
    given = {key: value for key, value in answers.items() if not str(key).startswith("_")}
    return Origin(str(answers["_src_path"]), str(answers["_commit"]), given)


@dataclass(frozen=True)
class Template:
    """A clone of the template's history, without its files."""

    folder: Path
    address: str

    def knows(self, version: str) -> bool:
        try:
            self._git("rev-parse", "--verify", "--end-of-options", version + "^{commit}")
        except LocalError:
            return False
        return True

    def releases(self) -> list[str]:
        """Return the tags that are version numbers, oldest first."""
        tags = self._git("tag", "--list").split()
        return sorted(filter(RELEASE.fullmatch, tags), key=number)

    def release_of(self, version: str) -> tuple[int, ...]:
        """Return the number of the last release at or before a version; empty if there is none."""
        describe = ("describe", "--tags", "--abbrev=0", "--match=v[0-9]*", "--match=[0-9]*")
        try:
            return number(self._git(*describe, version).strip())
        except LocalError:
            return ()

    def newest(self) -> str:
        """Return the version that an update uses: the last release, or without releases the last commit."""
        return self.releases()[-1] if self.releases() else "HEAD"

    def changes(self, since: str, until: str) -> list[str]:
        """Return the changes in behaviour between two versions, one sentence each."""
        try:
            listed = yaml.safe_load(self._git("show", f"{until}:updates/changes.yml"))
        except LocalError:
            return []
        first, last = self.release_of(since), self.release_of(until)
        versions = [each for each in listed or {} if first < number(each) <= last]
        return [f"{each}: {text}" for each in versions for text in listed[each]]

    def _git(self, *arguments: str) -> str:
        return ask("git", *arguments, folder=self.folder)


def number(version: str) -> tuple[int, ...]:
    """Return the parts of a version number; empty if it is not one."""
    found = RELEASE.fullmatch(version)
    return tuple(map(int, found[1].split("."))) if found else ()


@contextmanager
def template_at(address: str, version: str) -> Iterator[Template]:
    """Clone the template's history.

    Raises:
        LocalError: It cannot be cloned, or does not contain the version of this service.
    """
    url = address
    for short, long in SHORTHANDS.items():
        if url.startswith(short):
            url = long + url.removeprefix(short)
    url = str(Path(url).expanduser()) if url.startswith("~") else url
    with TemporaryDirectory() as folder:
        clone = ("git", "clone", "--quiet", "--bare", "--filter=blob:none")
        try:
            ask(*clone, "--", url, folder)
        except LocalError as exc:
            raise LocalError(
                f"The template cannot be cloned from {address}:\n{exc}\n\nNothing was changed. If it has"
                " moved, change its address: uv run just template-at ADDRESS"
            ) from exc
        template = Template(Path(folder), address)
        if not template.knows(version):
            known = ", ".join(template.releases()) or "none that is tagged"
            raise LocalError(
                f"The template at {address} has no version {version!r}, which {ANSWERS} names.\n"
                f"Its versions: {known}. Nothing was changed.\n"
                f"If _commit was edited, restore it: git log -p -- {ANSWERS}\n"
                "If this is the wrong template, change its address: uv run just template-at ADDRESS"
            )
        yield template


def refuse_uncommitted() -> None:
    """Require a clean working tree, so that the update can be reviewed and undone.

    Raises:
        LocalError: There are uncommitted changes.
    """
    changed = ask("git", "status", "--porcelain", "--untracked-files=normal", "--", ".")
    if changed:
        raise LocalError(
            f"There are uncommitted changes:\n{changed}\nCommit or stash them first, so that the update"
            " can be reviewed and undone."
        )


def update(options: Sequence[str]) -> None:
    """Update to the newest version, or to the one that Copier's options name."""
    refuse_uncommitted()
    origin = read_origin()
    with template_at(origin.address, origin.version) as template:
        newest = template.newest()
        if number(newest) and number(newest) < template.release_of(origin.version):
            raise LocalError(
                f"This service is of {origin.version}, and the newest version at {origin.address} is"
                f" {newest}. Nothing was changed, because a service cannot be downgraded. If the template"
                " has moved, change its address: uv run just template-at ADDRESS"
            )
        changes = [] if options else template.changes(origin.version, newest)
    if changes:
        print(f"Changes in behaviour since {origin.version}:", *changes, sep="\n  ", end="\n\n")
    if run(*COPIER, "update", "--trust", "--defaults", "--quiet", *options):
        sys.exit(after_failure())
    if run("git", "diff", "--quiet", "HEAD", "--", ".") or untracked():
        finish()
    else:
        print("The service is up to date. Nothing has changed.")


def untracked() -> str:
    return ask("git", "ls-files", "--others", "--exclude-standard")


def after_failure() -> str:
    """Return what to do after an error, which Copier has already printed."""
    if ask("git", "ls-files", "--unmerged"):
        recipes = "".join(f"\n  uv run just {recipe}" for recipe in recipes_to_run())
        return f"After you have resolved the conflicts, regenerate:{recipes}"
    if ask("git", "status", "--porcelain", "--untracked-files=normal", "--", "."):
        return "The update is incomplete. Undo it: git restore --source=HEAD --staged --worktree . && git clean -fd ."
    return ""


def recipes_to_run() -> list[str]:
    return [recipe for path, recipe in GENERATED.items() if (PROJECT / path).exists()]


def finish() -> None:
    """Regenerate files, require a single Alembic head, and print the next commands."""
    failed = [name for name in recipes_to_run() if run("uv", "run", "just", name)]
    if failed:
        recipes = " and ".join(f"uv run just {name}" for name in failed)
        sys.exit(f"The update is applied, but {recipes} failed. Fix the error and run it again.")
    listed = ask("uv", "run", "alembic", "heads").splitlines()
    heads = [line.split()[0] for line in listed if line.strip()]
    if len(heads) > 1:
        sys.exit(
            f"Alembic has {len(heads)} heads: {', '.join(heads)}. Put one after the other: set its"
            " `down_revision`, and name the last one in src/infrastructure/persistence/head.py."
        )
    version = read_origin().version
    print(
        "",
        "Next:",
        "  uv run just migrate",
        "  uv run just check",
        f"  git add --all && git commit -m {shlex.quote(f'Update to {version} of the template')}",
        sep="\n",
    )


def tell_status() -> None:
    """Print the version, whether there is a newer one, and which files are edited."""
    origin = read_origin()
    with template_at(origin.address, origin.version) as template:
        newest = template.newest()
        print(f"This service uses version {origin.version} of the template at {origin.address}.")
        if number(newest) > template.release_of(origin.version):
            print(f"The newest version is {newest}. To update: uv run just update")
            for change in template.changes(origin.version, newest):
                print(f"  {change}")
        elif number(newest):
            print("There is no newer version.")
        else:
            print("The template has no releases; an update uses its last commit.")
    for title, paths in edited(origin).items():
        if paths:
            print("", title, *(f"  {path}" for path in paths), sep="\n")


def edited(origin: Origin) -> dict[str, list[str]]:
    """Return the template's files that differ from how they were rendered."""
    with TemporaryDirectory() as folder:
        answers, rendered = Path(folder, "answers.yml"), Path(folder, "rendered")
        answers.write_text(yaml.safe_dump(origin.answers), encoding="utf-8")
        options = ("--trust", "--defaults", "--quiet", "--data-file", str(answers))
        ask(*COPIER, "copy", *options, "--vcs-ref", origin.version, origin.address, str(rendered))
        paths = [path.relative_to(rendered) for path in rendered.rglob("*") if path.is_file()]
        old = {path.as_posix(): (rendered / path).read_bytes() for path in paths}
    old.pop(ANSWERS, None)
    there = {path: (PROJECT / path).is_file() for path in sorted(old)}
    changed = [path for path in there if there[path] and not same(PROJECT / path, old[path])]
    gone = [path for path in there if not there[path]]
    return {"Edited files of the template:": changed, "Deleted or renamed:": gone}


def same(path: Path, content: bytes) -> bool:
    """Compare a file with rendered content, whatever the line endings."""
    return path.read_bytes().replace(b"\r\n", b"\n") == content.replace(b"\r\n", b"\n")


def move(address: str) -> None:
    """Change the address of the template, if the version of this service exists there."""
    origin = read_origin()
    with template_at(address, origin.version):
        pass
    path = PROJECT / ANSWERS
    line = f"_src_path: {json.dumps(address, ensure_ascii=False)}"  # JSON is valid YAML
    text = path.read_text("utf-8")
    # YAML may continue a long value on indented lines.
    text = re.sub(r"^_src_path:.*(?:\n .*)*", lambda _: line, text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    print(f"The template is at {address}. Commit {ANSWERS}.")


if __name__ == "__main__":
    main()
