"""The checks before an update that find files which it could not handle or would destroy."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from updates.files import Tree
from updates.merging import same_text
from updates.repository import SETTINGS, Repository, git, is_utf_8, paths_in


@dataclass(frozen=True)
class Refusal:
    """A reason to refuse the update, with the paths concerned and the remedy."""

    reason: str
    paths: Sequence[str]
    remedy: str


def find_refusals(repository: Repository, old: Tree, new: Tree) -> Iterator[Refusal]:
    """Return every reason to refuse the update from the old render to the new one."""
    if marked := conflict_markers(repository):
        yield Refusal(
            "These files contain conflict markers of an unfinished merge:",
            marked,
            "Resolve them and commit. If the lines are part of the text, declare that in .gitattributes:"
            "\n  docs/merging.md conflict-marker-size=32",
        )
    if folders := [path for path in sorted(new) if _is_folder(repository, path)]:
        yield Refusal(
            "The template has a file where you have a folder:",
            folders,
            "Rename the folder, commit.",
        )
    if files := sorted({file for path in new for file in _files_above(repository, path)}):
        yield Refusal(
            "The template has a folder where you have a file:", files, "Rename the file, commit."
        )
    if links := sorted({link for path in {*old, *new} for link in repository.links_above(path)}):
        yield Refusal(
            "The template has files in a folder that is a link or a submodule of yours:",
            links,
            "Replace it with a folder, or remove it, and commit.",
        )
        return  # what is below it is not in this service
    if odd := [path for path in repository.names_in_status() if not is_utf_8(path)]:
        yield Refusal(
            "The names of these untracked files are not UTF-8, which Copier cannot handle:",
            odd,
            "Rename them, move them elsewhere, or commit them.",
        )
    changed = [path for path in sorted({*old, *new}) if _would_be_lost(repository, path, old, new)]
    if unknown := [path for path in changed if path not in repository.hidden]:
        yield Refusal(
            "These files would be overwritten or deleted, and git has no copy of them (they are ignored or"
            " untracked):",
            unknown,
            "Commit them (git add --force), or move them elsewhere.",
        )
    if hidden := [path for path in changed if path in repository.hidden]:
        yield Refusal(
            "These files differ from the commit, and git was told not to look at them:",
            hidden,
            "Run `git update-index --no-skip-worktree --no-assume-unchanged FILE` for each, and commit or"
            " stash them.",
        )


def _is_folder(repository: Repository, path: str) -> bool:
    place = repository.folder / path
    return place.is_dir() and not place.is_symlink()


def _files_above(repository: Repository, path: str) -> Iterator[str]:
    for parent in PurePosixPath(path).parents:
        place = repository.folder / parent
        if (place.is_symlink() and not place.is_dir()) or (place.exists() and not place.is_dir()):
            yield str(parent)


def _would_be_lost(repository: Repository, path: str, old: Tree, new: Tree) -> bool:
    there = repository.on_disk(path)
    if there is None or (path in repository.committed and path not in repository.hidden):
        return False
    if path in repository.hidden:
        committed = repository.read([path]).get(path)
        return committed is None or not same_text(there.content, committed.content)
    rendered = (tree[path].content for tree in (old, new) if path in tree)
    return not any(same_text(there.content, content) for content in rendered)


def conflict_markers(repository: Repository) -> list[str]:
    """Return the committed text files that contain the three conflict markers, in git's order.

    Files with a `conflict-marker-size` other than 7 in `.gitattributes` are left out.
    """
    found = _containing(repository, "^<<<<<<<( |$)")
    sized = _with_own_markers(repository, found)
    return [
        path
        for path, file in repository.read(sorted(found - sized)).items()
        if _is_marked(file.content)
    ]


def _containing(repository: Repository, pattern: str) -> set[str]:
    asked = subprocess.run(
        ["git", *SETTINGS, "grep", "-z", "-I", "-l", "-E", "-e", pattern, "HEAD", "--", "."],
        cwd=repository.folder,
        capture_output=True,
        check=False,
    )
    if asked.returncode > 1:  # 1 is: no file contains it
        raise OSError(f"git grep: {asked.stderr.decode(errors='replace').strip()}")
    return {path.removeprefix("HEAD:") for path in paths_in(asked.stdout)}


def _with_own_markers(repository: Repository, paths: Iterable[str]) -> set[str]:
    listed = "".join(f"{path}\0" for path in paths).encode(errors="surrogateescape")
    command = ("check-attr", "-z", "--stdin", "conflict-marker-size")
    answers = git(repository.folder, *command, stdin=listed).split(b"\0")[:-1]
    triples = zip(answers[::3], answers[2::3], strict=True)
    return {
        path.decode(errors="surrogateescape")
        for path, value in triples
        if value not in (b"unspecified", b"7")
    }


def _is_marked(content: bytes) -> bool:
    wanted = [b"<<<<<<<", b"=======", b">>>>>>>"]
    for line in content.split(b"\n"):
        if wanted and line.rstrip(b"\r").split(b" ")[0] == wanted[0]:
            wanted.pop(0)
    return not wanted
