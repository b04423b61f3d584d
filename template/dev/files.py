"""Files that are made once and kept, whatever happens while they are written."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile


class LocalError(Exception):
    """Something on this machine is in the way; the text says where, and what helps."""


def write_whole(path: Path, text: str) -> None:
    """Write a file for its owner's eyes only: all of it, or none where the disk is full."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as beside:
        try:
            beside.write(text)
            beside.flush()
            os.fsync(beside.fileno())
            os.rename(beside.name, path)
        except BaseException:
            os.unlink(beside.name)
            raise


@contextmanager
def locked(path: Path, kind: int = fcntl.LOCK_EX) -> Iterator[int]:
    """Hold a lock on the file, which is made where it is not there; give its descriptor.

    The lock is on the opened file: it lasts until each process that has inherited the descriptor is
    gone, and whoever shares the file sees it, in whatever container.

    Raises:
        BlockingIOError: Somebody else holds it, and `kind` says LOCK_NB.
        OSError: The file cannot be opened, or its file system knows no locks.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind)
        yield descriptor
    finally:
        os.close(descriptor)
