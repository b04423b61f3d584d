"""Access to the owner's repository through git.

The owner's git settings have no influence: only plumbing commands and stable output formats are parsed,
and `SETTINGS` overrides the settings that would change them. Paths may hold any bytes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final

from updates.files import File, Tree, read_file, write_file

SETTINGS: Final = (
    *("-c", "color.ui=false"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.quotePath=false"),
    *("-c", "diff.renameLimit=0"),
    *("-c", "grep.fullName=false"),
)


def git(folder: Path, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> bytes:
    """Run git in a folder, and return its output.

    Raises:
        OSError: git failed; the message contains its error output.
    """
    done = subprocess.run(
        ["git", *SETTINGS, *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        env=os.environ | ({"GIT_INDEX_FILE": str(index)} if index else {}),
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise OSError(f"git {' '.join(arguments)}: {said}")
    return done.stdout


def paths_in(printed: bytes) -> list[str]:
    """Split the NUL-terminated paths of git's output."""
    return [os.fsdecode(path) for path in printed.split(b"\0") if path]


def is_utf_8(path: str) -> bool:
    """Tell whether a path is valid UTF-8, which has no surrogate escapes."""
    return not any("\udc80" <= char <= "\udcff" for char in path)


@dataclass(frozen=True)
class Entry:
    """A file of the last commit: its mode, and the object id of its content."""

    mode: str
    object_id: str

    def is_of(self, file: File | None) -> bool:
        """Tell whether a file has the same content and mode."""
        return (
            file is not None
            and self.mode == file.mode
            and self.object_id == file.object_id(len(self.object_id))
        )


class Repository:
    """The repository of a service, or the folder of a larger repository that holds the service."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run git in the service's folder."""
        return git(self.folder, *arguments, stdin=stdin)

    @cached_property
    def prefix(self) -> str:
        """The service's path in the repository, ending with a slash; empty if it is the top level."""
        return os.fsdecode(self.git("rev-parse", "--show-prefix").removesuffix(b"\n"))

    @cached_property
    def top(self) -> Path:
        """The top level of the working tree."""
        return Path(os.fsdecode(self.git("rev-parse", "--show-toplevel").removesuffix(b"\n")))

    @cached_property
    def notes(self) -> Path:
        """A folder for data that `before` passes to `after`, in the git directory."""
        own = Path(os.fsdecode(self.git("rev-parse", "--absolute-git-dir").removesuffix(b"\n")))
        name = hashlib.sha256(os.fsencode(self.prefix)).hexdigest()[:12]
        return own / "template-update" / name

    @cached_property
    def committed(self) -> Mapping[str, Entry]:
        """The files of the last commit in the service's folder, without submodules."""
        entries = {}
        for row in self.git("ls-tree", "-r", "-z", "HEAD").split(b"\0"):
            if row:
                meta, path = row.split(b"\t", 1)
                mode, kind, object_id = meta.decode().split()
                if kind == "blob":
                    entries[os.fsdecode(path)] = Entry(mode, object_id)
        return entries

    def read(self, paths: Iterable[str]) -> dict[str, File]:
        """Read files from the last commit. Paths that are not in it are left out."""
        wanted = [path for path in paths if path in self.committed]
        asked = "".join(f"{self.committed[path].object_id}\n" for path in wanted)
        printed = self.git("cat-file", "--batch", stdin=asked.encode())
        found, at = {}, 0
        for path in wanted:
            head, _, _ = printed[at : at + 200].partition(b"\n")
            start = at + len(head) + 1
            size = int(head.split()[2])
            found[path] = File(printed[start : start + size], self.committed[path].mode)
            at = start + size + 1
        return found

    def on_disk(self, path: str) -> File | None:
        """Return the file in the working tree."""
        return read_file(self.folder / path)

    def untracked(self) -> set[str]:
        """Return the untracked files, including ignored ones."""
        return set(paths_in(self.git("ls-files", "--others", "-z")))

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The tracked files whose changes git does not report (`skip-worktree`, `assume-unchanged`)."""
        listed = paths_in(self.git("ls-files", "-v", "-z"))
        return frozenset(row[2:] for row in listed if row[0] == "S" or row[0].islower())

    def links_above(self, path: str) -> Iterator[str]:
        """Yield the folders above a path that are links, or repositories of their own."""
        for parent in PurePosixPath(path).parents:
            place = self.folder / parent
            if place != self.folder and (
                (place.is_symlink() and place.is_dir()) or (place / ".git").exists()
            ):
                yield str(parent)

    def as_checked_out(self, path: str, file: File) -> File:
        """Return a file as git would check it out, with line endings and filters applied."""
        if file.is_link:
            return file
        shown = self.git("cat-file", "--filters", f"--path={self.prefix}{path}", self._store(file))
        return File(shown, file.mode)

    def write(self, path: str, file: File) -> None:
        """Write a file to the working tree as git would check it out."""
        write_file(self.folder / path, self.as_checked_out(path, file))

    def forget_what_is_staged(self) -> None:
        """Reset the index of the service's folder to the last commit."""
        self.git("reset", "--quiet", "HEAD", "--", ".")
        # `git reset` keeps the intent-to-add flag of empty files; see `spare_copier`.
        rows = (
            f"{entry.mode} {entry.object_id}\t".encode() + self._full(path) + b"\0"
            for path, entry in self.committed.items()
        )
        git(self.top, "update-index", "-z", "--index-info", stdin=b"".join(rows))
        self.git("status", "--porcelain", "--", ".")  # refreshes the index

    def changed_on_disk(self) -> set[str]:
        """Return the tracked files whose working tree version differs from the last commit."""
        shown = self.git(
            "diff", "--name-only", "--no-renames", "--relative", "-z", "HEAD", "--", "."
        )
        return set(paths_in(shown))

    def restore(self, paths: Sequence[str]) -> None:
        """Restore files to the last commit."""
        for start in range(0, len(paths), 100):
            literal = ["--literal-pathspecs", "checkout", "--quiet", "HEAD", "--"]
            git(self.folder, *literal, *paths[start : start + 100])

    def mark_conflict(self, path: str, stages: Sequence[File | None]) -> None:
        """Mark a path as unmerged in the index, with its stages 1 to 3 (base, ours, theirs)."""
        full = self._full(path)
        lines = [b"0 " + b"0" * self._id_length + b"\t" + full]
        for number, file in enumerate(stages, 1):
            if file:
                name = self._store(file)
                lines.append(f"{file.mode} {name} {number}\t".encode() + full)
        git(self.top, "update-index", "-z", "--index-info", stdin=b"\0".join(lines) + b"\0")

    @cached_property
    def _id_length(self) -> int:
        return len(self.git("rev-parse", "HEAD").strip())

    def spare_copier(self, old: Tree) -> None:
        """Make the index equal to the old render, until `forget_what_is_staged` resets it.

        Copier writes the index to a tree and diffs it against the old render. It fails halfway through
        if that diff has paths that are not UTF-8. So the index gets the files of the old render as they
        were rendered, and the owner's other files as intent-to-add entries, which no tree contains.
        """
        own = [path for path in self.committed if path not in old]
        lines = [b"0 " + b"0" * self._id_length + b"\t" + self._full(path) for path in own]
        for path, file in old.items():
            entry = Entry(file.mode, file.object_id(self._id_length))
            if self.committed.get(path) != entry:
                self._store(file)
                lines.append(f"{entry.mode} {entry.object_id}\t".encode() + self._full(path))
        git(self.top, "update-index", "-z", "--index-info", stdin=b"\0".join([*lines, b""]))
        names = b"\0".join(map(os.fsencode, own))
        announce = ("add", "--intent-to-add", "--force", "--pathspec-from-file=-")
        git(self.folder, "--literal-pathspecs", *announce, "--pathspec-file-nul", stdin=names)

    def _full(self, path: str) -> bytes:
        return os.fsencode(self.prefix + path)

    def names_in_status(self) -> list[str]:
        """Return the untracked and ignored paths of `git status`, which may be whole folders."""
        rows = paths_in(self.git("status", "--porcelain", "--ignored", "-z"))
        return [row[3:] for row in rows if row.startswith(("?? ", "!! "))]

    def renamed_since(self, old: Tree) -> dict[str, str]:
        """Return the new paths of files that the owner has renamed, as git detects renames."""
        gone = {path: file for path, file in old.items() if path not in self.committed}
        added = {path: entry for path, entry in self.committed.items() if path not in old}
        if not gone or not added:
            return {}
        return self._renames(gone, added)

    def _renames(self, gone: Tree, added: Mapping[str, Entry]) -> dict[str, str]:
        before = {path: Entry(file.mode, self._store(file)) for path, file in gone.items()}
        trees = [self._tree(before), self._tree(added)]
        options = ["-r", "-z", "--find-renames", "--no-rename-empty", "--diff-filter=R"]
        fields = paths_in(self.git("diff-tree", "--name-status", *options, *trees))
        return dict(zip(fields[1::3], fields[2::3], strict=True))

    def _store(self, file: File) -> str:
        stored = self.git("hash-object", "-w", "--stdin", "--no-filters", stdin=file.content)
        return stored.decode().strip()

    def _tree(self, entries: Mapping[str, Entry]) -> str:
        """Write a tree object by a temporary index, and return its id."""
        index = self.notes / "index"
        index.parent.mkdir(parents=True, exist_ok=True)
        index.unlink(missing_ok=True)
        lines = (
            f"{entry.mode} {entry.object_id}\t".encode() + os.fsencode(path) + b"\0"
            for path, entry in entries.items()
        )
        git(self.top, "update-index", "-z", "--index-info", stdin=b"".join(lines), index=index)
        written = git(self.top, "write-tree", index=index).decode().strip()
        index.unlink()
        return written
