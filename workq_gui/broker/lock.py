"""One owner of a folder at a time; the lock goes when the process does, however it ends."""

import os
import sys
from pathlib import Path


class LockedError(Exception):
    """Somebody else has the lock."""


def take_lock(path: Path) -> int:
    """Take the lock at `path`; return a descriptor that `release_lock` wants.

    Raises:
        LockedError: somebody else has it.
        OSError: the file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
    except OSError as error:
        os.close(descriptor)
        raise LockedError(str(path)) from error
    return descriptor


def release_lock(descriptor: int) -> None:
    """Give a lock back."""
    os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
