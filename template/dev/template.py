"""Update this service from its template: `just update`, `just template-status`, `just template-at`.

`docs/updates.md` describes them. Options of `just update` are passed to Copier: `--vcs-ref v1.2.0`.
"""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from dev.files import LocalError
from dev.releases import Template, ask, template_at

PROJECT = Path(__file__).resolve().parents[1]
ANSWERS = ".copier-answers.yml"
MIGRATIONS = "migrations/versions"
OWN = (ANSWERS, f"{MIGRATIONS}/", "src/infrastructure/persistence/head.py")
"""Where the service goes on by itself: its answers, its migrations, and the name of the last one."""
COPIER = ("uvx", "--with", "copier-template-extensions", "copier")
FAILED_COMMAND = "Task ["
"""How Copier begins to say which command of the template has failed; the command itself says why."""
SHORTHANDS = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/", "git+": ""}
"""Beginnings of addresses that Copier knows, and what git knows instead."""
NAMES_A_VERSION = ("--vcs-ref", "-r", "--prereleases", "-g")
"""Options of Copier's that say which version to update to."""
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


def ask_here(*command: str) -> str:
    """Return the output of a command that runs in the project's folder."""
    return ask(*command, folder=PROJECT)


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


def clone(origin: Origin) -> AbstractContextManager[Template]:
    """Clone the history of the template, which contains the version of this service."""
    url = origin.address
    for short, long in SHORTHANDS.items():
        if url.startswith(short):
            url = long + url.removeprefix(short)
    url = str(Path(url).expanduser()) if url.startswith("~") else url
    return template_at(url, origin.version, ANSWERS)


def refuse_uncommitted() -> None:
    """Require a clean working tree, so that the update can be reviewed and undone.

    Raises:
        LocalError: There are uncommitted changes.
    """
    changed = ask_here("git", "status", "--porcelain", "--untracked-files=normal", "--", ".")
    if changed:
        raise LocalError(
            f"There are uncommitted changes:\n{changed}\nCommit or stash them first, so that the update"
            " can be reviewed and undone."
        )


def update(options: Sequence[str]) -> None:
    """Update to the newest version, or to the one that Copier's options name."""
    refuse_uncommitted()
    origin = read_origin()
    with clone(origin) as template:
        newest, version = template.newest, template.describe(origin.version)
        if any(option.startswith(NAMES_A_VERSION) for option in options):
            run_copier(*options)
            finish(template.describe(read_origin().version))
        elif not template.contains(origin.version, newest):
            if changes := template.changes(origin.version, newest):
                print(f"Changes in behaviour since {version}:", *changes, sep="\n  ", end="\n\n")
            run_copier(f"--vcs-ref={newest.commit}", *options)
            finish(newest.name)
        elif options:
            run_copier("--vcs-ref=:current:", *options)
            finish(version)
        else:
            print(
                f"This service is of {version}, and there is no newer version. Nothing has changed."
            )


def run_copier(*options: str) -> None:
    """Run `copier update`; if it fails, exit with what to do next."""
    sys.stdout.flush()
    command = (*COPIER, "update", "--trust", "--defaults", "--quiet", *options)
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) as copier:
        for line in copier.stderr or ():
            if not line.startswith(FAILED_COMMAND):
                print(line, end="", file=sys.stderr)
    if copier.returncode:
        sys.exit(after_failure())


def untracked(folder: str = ".") -> list[str]:
    """Return the files in a folder that are neither committed nor ignored."""
    return ask_here("git", "ls-files", "--others", "--exclude-standard", "--", folder).splitlines()


def after_failure() -> str:
    """Return what to do after an error, which Copier has already printed."""
    if ask_here("git", "ls-files", "--unmerged"):
        recipes = "".join(f"\n  uv run just {recipe}" for recipe in recipes_to_run())
        return f"After you have resolved the conflicts, and before the check, regenerate:{recipes}"
    if ask_here("git", "status", "--porcelain", "--untracked-files=normal", "--", "."):
        return "The update is incomplete. Undo it: git restore --source=HEAD --staged --worktree . && git clean -fd ."
    return ""


def recipes_to_run() -> list[str]:
    return [recipe for path, recipe in GENERATED.items() if (PROJECT / path).exists()]


def finish(version: str) -> None:
    """Regenerate files, require a single Alembic head, and print the next commands.

    Args:
        version: the name of the version that the service now has.
    """
    if not run("git", "diff", "--quiet", "HEAD", "--", ".") and not untracked():
        print("The service is up to date. Nothing has changed.")
        return
    failed = [name for name in recipes_to_run() if run("uv", "run", "just", name)]
    if failed:
        recipes = " and ".join(f"uv run just {name}" for name in failed)
        sys.exit(f"The update is applied, but {recipes} failed. Fix the error and run it again.")
    listed = ask_here("uv", "run", "alembic", "heads").splitlines()
    heads = [line.split()[0] for line in listed if line.strip()]
    if len(heads) > 1:
        sys.exit(
            f"Alembic has {len(heads)} heads: {', '.join(heads)}. Put one after the other: set its"
            " `down_revision`, and name the last one in src/infrastructure/persistence/head.py."
        )
    if migrations := untracked(MIGRATIONS):
        print("", "New migrations, which the new code needs:", sep="\n")
        print(*(f"  {path}" for path in migrations), sep="\n")
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
    with clone(origin) as template:
        newest = template.newest
        version = template.describe(origin.version)
        print(f"This service is of {version} of the template at {origin.address}.")
        if template.contains(origin.version, newest):
            print("There is no newer version.")
        else:
            print(f"The newest version is {newest.name}. To update: uv run just update")
            for change in template.changes(origin.version, newest):
                print(f"  {change}")
        if not template.releases:
            print("The template has no releases, so an update uses its last commit.")
    for title, paths in edited(origin).items():
        if paths:
            print("", title, *(f"  {path}" for path in paths), sep="\n")


def edited(origin: Origin) -> dict[str, list[str]]:
    """Return the template's files that differ from how they were rendered."""
    with TemporaryDirectory() as folder:
        answers, rendered = Path(folder, "answers.yml"), Path(folder, "rendered")
        answers.write_text(yaml.safe_dump(origin.answers, sort_keys=False), encoding="utf-8")
        options = ("--trust", "--defaults", "--quiet", "--data-file", str(answers))
        ask_here(
            *COPIER, "copy", *options, "--vcs-ref", origin.version, origin.address, str(rendered)
        )
        paths = [path.relative_to(rendered) for path in rendered.rglob("*") if path.is_file()]
        names = [path.as_posix() for path in paths]
        old = {name: (rendered / name).read_bytes() for name in names if not name.startswith(OWN)}
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
    with clone(Origin(address, origin.version, origin.answers)):
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
