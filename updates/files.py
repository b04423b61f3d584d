"""Files and trees of files, with git's file modes and object ids."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PLAIN: Final = "100644"
EXECUTABLE: Final = "100755"
LINK: Final = "120000"


@dataclass(frozen=True)
class File:
    """The content of a file, or the target of a symbolic link, with git's file mode."""

    content: bytes
    mode: str = PLAIN

    @property
    def is_link(self) -> bool:
        return self.mode == LINK

    @property
    def is_binary(self) -> bool:
        """Whether git treats the file as binary: NUL in its first 8,000 bytes."""
        return b"\0" in self.content[:8000]

    def object_id(self, length: int) -> str:
        """Return git's object id of the content: SHA-256 if ids have 64 digits, else SHA-1."""
        algorithm = hashlib.sha256 if length == 64 else hashlib.sha1
        return algorithm(b"blob %d\0" % len(self.content) + self.content).hexdigest()


Tree = Mapping[str, File]
"""Files by path, relative to the service's folder. Bytes that are not UTF-8 are surrogate escapes."""


def read_file(path: Path) -> File | None:
    """Return the file or link at a path; None if nothing or something else is there."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(mode):
        return File(os.fsencode(os.readlink(path)), LINK)
    if not stat.S_ISREG(mode):
        return None
    return File(path.read_bytes(), EXECUTABLE if mode & stat.S_IXUSR else PLAIN)


def read_tree(folder: Path) -> dict[str, File]:
    """Return all files and links below a folder."""
    return {path: found for path in _walk(folder) if (found := read_file(folder / path))}


def _walk(folder: Path) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        for name in [*names, *links]:
            yield Path(parent, name).relative_to(folder).as_posix()


def write_file(path: Path, file: File) -> None:
    """Write a file or a link, replacing the one that is there. Missing folders are created."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or file.is_link:
        path.unlink(missing_ok=True)
    if file.is_link:
        path.symlink_to(os.fsdecode(file.content))
        return
    path.write_bytes(file.content)
    bits = stat.S_IMODE(path.stat().st_mode)
    executable = bits | ((bits & 0o444) >> 2)
    path.chmod(executable if file.mode == EXECUTABLE else bits & ~0o111)


def remove_file(path: Path, top: Path) -> None:
    """Remove a file, and the parent folders below `top` that this leaves empty."""
    path.unlink(missing_ok=True)
    for folder in path.parents:
        if folder == top or folder.is_symlink() or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()
