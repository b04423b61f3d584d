"""Writing files atomically, and locking them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile


class LocalError(Exception):
    """There is a problem on this machine; the text says where, and how to solve it."""


def write_whole(path: Path, text: str) -> None:
    """Write a file that only its owner can read: all of it, or nothing if writing fails."""
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
    """Hold a lock on the file, which is created if needed; yield its descriptor.

    The lock belongs to the open file: it lasts until all processes that inherited the descriptor
    have ended, and applies in all containers that share the file.

    Raises:
        BlockingIOError: Another process holds the lock, and `kind` includes LOCK_NB.
        OSError: The file cannot be opened, or its file system does not support locks.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind)
        yield descriptor
    finally:
        os.close(descriptor)
