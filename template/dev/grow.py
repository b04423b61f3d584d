"""Make the service what `contexts.yml` says: `just grow`.

`docs/growing.md` describes it. The files are merged by an update to the version of the template that the service
is of already; the migrations are written by `dev/growth.py`.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from dev.environment import LOCAL
from dev.files import LocalError
from dev.template import COPIER, FAILED_COMMAND, PROJECT, ask_here, read_origin, recipes_to_run, run

PAGE = "contexts.yml"
STATE = LOCAL / "growth"
"""What is known of the last growth until it is committed: the page, and what the template has said about it."""
KEYS: dict[str, Any] = {"language": 1, "roles": [], "values": {}, "contexts": []}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    options = read_options(sys.argv[1:])
    for each in SIGNALS:
        signal.signal(each, interrupt)
    try:
        if options.undo:
            undo_last()
        elif options.go_on:
            require_growth("continue")
            finish()
        else:
            grow(preview=options.preview, allowed=options.allow_removal)
    except LocalError as exc:
        sys.exit(str(exc))
    except KeyboardInterrupt:
        sys.exit("Interrupted. To go on: uv run just grow --continue")


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just grow", description=f"Grow as {PAGE} says.")
    parser.add_argument("--preview", action="store_true", help="only show what would happen")
    parser.add_argument(
        "--allow-removal",
        action="append",
        default=[],
        metavar="PLACE",
        help="confirm that the page no longer has it, such as ordering.Order",
    )
    after = parser.add_mutually_exclusive_group()
    after.add_argument(
        "--continue", action="store_true", dest="go_on", help="go on once conflicts are resolved"
    )
    after.add_argument("--undo", action="store_true", help="undo a growth that is not committed")
    return parser.parse_args(arguments)


def interrupt(*_: object) -> None:
    """Interrupt once only: going back must not be interrupted."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def grow(*, preview: bool, allowed: Sequence[str]) -> None:
    refuse_other_changes()
    page = PROJECT / PAGE
    if not page.is_file():
        raise LocalError(f"{PAGE} is missing. Restore it from git: git log -- {PAGE}")
    content, stored = page.read_bytes(), read_origin()
    if is_as_stored(content, stored.answers):
        print(f"The service is as {PAGE} says. Nothing has changed.")
        return
    try:
        with going_back_on(content, BaseException):
            answer = update(content, stored.version, preview=preview, allowed=allowed)
        if preview:
            go_back(content)
            return
        with going_back_on(content, KeyboardInterrupt):
            remember(content, answer)
            page.write_bytes(content)
            if is_in_conflict():
                raise LocalError(
                    "Resolve the conflicts in the files above, then go on: uv run just grow --continue\n"
                    "Or undo all of it: uv run just grow --undo"
                )
            is_written = write_migrations()
    except KeyboardInterrupt:
        raise LocalError("Interrupted. Everything is as it was.") from None
    finish(is_written=is_written)


def refuse_other_changes() -> None:
    """Require that the page is the only change, so that the growth can be reviewed and undone.

    Raises:
        LocalError: There are others.
    """
    others = [path for path in changed_files() if path != PAGE]
    if not others:
        return
    if last_growth() is not None:
        raise LocalError(
            "The last `just grow` is not committed. Commit it first, or undo it: uv run just grow --undo"
        )
    listed = "\n".join(f"  {path}" for path in others)
    raise LocalError(
        f"There are other uncommitted changes than those of {PAGE}:\n{listed}\n"
        "Commit or stash them first, so that the growth can be reviewed and undone."
    )


def changed_files() -> list[str]:
    """Return the files that differ from the last commit, untracked ones included."""
    commands = (
        ("git", "diff", "--name-only", "--no-renames", "--relative", "-z", "HEAD", "--", "."),
        ("git", "diff", "--name-only", "--no-renames", "--relative", "-z", "--cached", "--", "."),
        ("git", "ls-files", "--others", "--exclude-standard", "-z", "--", "."),
    )
    shown = "".join(ask_here(*command) for command in commands)
    return sorted({path for path in shown.split("\0") if path})


def is_as_stored(content: bytes, answers: dict[str, Any]) -> bool:
    """Tell whether a page says what the service was made from. One that cannot be read does not."""
    try:
        read = yaml.safe_load(content) or {}
    except (yaml.YAMLError, UnicodeDecodeError):
        return False
    stored = {key: answers.get(key, empty) for key, empty in KEYS.items()}
    return isinstance(read, dict) and KEYS | read == stored


def update(
    content: bytes, version: str, *, preview: bool, allowed: Sequence[str]
) -> dict[str, Any]:
    """Let the template merge its files for the new page; return what it says about the growth.

    With conflicts, it has merged all other files.

    Raises:
        LocalError: It has refused; the text says why.
    """
    with TemporaryDirectory() as name:
        request = Path(name)
        (request / PAGE).write_bytes(content)
        asked = {"preview": preview, "allow_removal": list(allowed)}
        (request / "request.json").write_text(json.dumps(asked), encoding="utf-8")
        (request / "answers.yml").write_text(yaml.safe_dump(as_answers(content), sort_keys=False))
        set_page_aside()
        options = ("--trust", "--defaults", "--quiet", "--vcs-ref", version)
        code, said = run_whole(
            *COPIER,
            "update",
            *(*options, "--data-file", str(request / "answers.yml")),
            TEMPLATE_GROWTH=str(request),
        )
        lines = said.splitlines(keepends=True)
        said = "".join(line for line in lines if not line.startswith(FAILED_COMMAND))
        answer = request / "answer.json"
        if not answer.is_file() or not (preview or code == 0 or is_in_conflict()):
            raise LocalError(said.strip() or "The service has not grown. Nothing was changed.")
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        print(*found["told"], "" if preview else said.strip(), sep="\n")
        return found


def as_answers(content: bytes) -> dict[str, Any]:
    """Return a page with all of its keys; one that cannot be read is refused by the template."""
    try:
        read = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError):
        read = {}
    return KEYS | (read if isinstance(read, dict) else {})


def set_page_aside() -> None:
    """Let the page be as it was committed, because an update requires a clean tree."""
    if ask_here("git", "ls-tree", "--name-only", "HEAD", "--", PAGE):
        ask_here("git", "checkout", "--quiet", "HEAD", "--", PAGE)
    else:
        (PROJECT / PAGE).unlink(missing_ok=True)


def is_in_conflict() -> bool:
    return bool(ask_here("git", "ls-files", "--unmerged"))


def run_whole(*command: str, shown: bool = False, **environment: str) -> tuple[int, str]:
    """Run a command in a session of its own; an interruption ends it with all that it has started.

    Returns:
        Its exit code, and its output if it is not shown.
    """
    sys.stdout.flush()
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=None if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        said, _ = process.communicate()
    except KeyboardInterrupt:
        end(process)
        raise
    return process.returncode, said or ""


def end(process: subprocess.Popen[str]) -> None:
    """Interrupt a process and all that it has started; kill what does not end in ten seconds."""
    for each, seconds in ((signal.SIGINT, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, each)
            process.wait(seconds)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


@contextmanager
def going_back_on(content: bytes, exceptions: type[BaseException]) -> Iterator[None]:
    """Go back to the last commit and to the page as it was, if one of these exceptions is raised."""
    try:
        yield
    except exceptions:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        go_back(content)
        raise


def go_back(content: bytes) -> None:
    """Undo every change since the last commit but that of the page."""
    if changed_files():
        ask_here("git", "restore", "--source=HEAD", "--staged", "--worktree", "--", ".")
        ask_here("git", "clean", "--quiet", "-d", "--force", "--", ".")
    (PROJECT / PAGE).write_bytes(content)


def remember(content: bytes, answer: dict[str, Any]) -> None:
    """Keep the page and the template's answer for `--continue` and `--undo`."""
    shutil.rmtree(STATE, ignore_errors=True)
    STATE.mkdir(parents=True)
    (STATE / PAGE).write_bytes(content)
    known = answer | {"commit": ask_here("git", "rev-parse", "HEAD").strip()}
    (STATE / "answer.json").write_text(json.dumps(known), encoding="utf-8")


def last_growth() -> dict[str, Any] | None:
    """Return what is known of the last growth; None if there is none since the last commit."""
    file = STATE / "answer.json"
    if not file.is_file():
        return None
    known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return known if known["commit"] == ask_here("git", "rev-parse", "HEAD").strip() else None


def require_growth(what: str) -> dict[str, Any]:
    known = last_growth()
    if known is None:
        raise LocalError(f"There is nothing to {what}: no `just grow` since the last commit.")
    return known


def undo_last() -> None:
    """Go back to the last commit. What has been changed since stays in git's stash: some may be the owner's."""
    require_growth("undo")
    ask_here("git", "add", "--all", "--", ".")
    ask_here("git", "stash", "push", "--quiet", "--message", "just grow, undone", "--", ".")
    (PROJECT / PAGE).write_bytes((STATE / PAGE).read_bytes())
    shutil.rmtree(STATE)
    print(
        f"The growth is undone. {PAGE} is as it was when it grew.",
        "All that was there is kept in git: git stash show -p",
        sep="\n",
    )


def write_migrations() -> bool:
    """Write the migrations; tell whether that succeeded."""
    command = ("uv", "run", "python", "-m", "dev.growth", str(STATE / "answer.json"))
    code, _ = run_whole(*command, shown=True)
    return code == 0


def finish(*, is_written: bool | None = None) -> None:
    """Write the migrations unless they are there, format, regenerate, and run the checks.

    Raises:
        LocalError: A step has failed.
    """
    if is_in_conflict():
        raise LocalError("Resolve the conflicts first, and mark them as resolved: git add FILE")
    if is_written is None:
        is_written = write_migrations()
    if not is_written:
        raise LocalError(
            "The files have grown, but no migration was written; see above for the reason.\n"
            "Correct that, then go on: uv run just grow --continue\n"
            "Or undo all of it: uv run just grow --undo"
        )
    for recipe in ("format", *recipes_to_run()):
        if run("uv", "run", "just", recipe):
            raise LocalError(
                f"The files have grown, but `uv run just {recipe}` failed; see above for the reason.\n"
                "Correct that, then go on: uv run just grow --continue"
            )
    failed = run("uv", "run", "just", "check")
    print(
        "",
        "Next, once the checks pass:" if failed else "Next:",
        *([] if failed == 0 else ["  uv run just check"]),
        "  uv run just migrate",
        "  git add --all && git commit",
        sep="\n",
    )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
