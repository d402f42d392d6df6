"""The folder in which every session is recorded."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from PySide6.QtCore import QLockFile, QStandardPaths

from workq_gui.core.recording import SUFFIX

MOST_BYTES = 1_000_000_000
"""So much of the disk the recordings may use when a session begins; the oldest are removed beyond that."""
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(-\d+)?" + re.escape(SUFFIX))
"""What a file is called that was made here. What has another name is somebody's own, and stays."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording in the folder.

    Attributes:
        size: Bytes.
    """

    path: Path
    size: int


class Recordings:
    """Names new recordings, removes the oldest, lists the latest. Belongs to the GUI thread.

    Several programs may use the folder at once. Each holds a lock beside what it writes, so that no other
    removes it; the lock of a program that was killed is recognised, and counts for nothing.

    Attributes:
        folder: Where they are; it need not be there yet.
        current: What this program writes now, if anything.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.current: Path | None = None
        self._lock: QLockFile | None = None

    @staticmethod
    def usual_folder() -> Path:
        """Return where recordings are kept on this platform, for this user."""
        places = QStandardPaths.StandardLocation
        return Path(QStandardPaths.writableLocation(places.AppLocalDataLocation)) / "recordings"

    def new_path(self) -> Path:
        """Make an empty file for a session that begins now, and return it; `close` lets go of it.

        Raises:
            OSError: the folder or the file cannot be made.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        began = time.strftime("%Y-%m-%dT%H-%M-%S")
        for number in count(1):
            path = self.folder / (f"{began}{SUFFIX}" if number == 1 else f"{began}-{number}{SUFFIX}")
            lock = _lock_of(path)
            if not lock.tryLock(0):
                if lock.error() is QLockFile.LockError.LockFailedError:
                    continue  # another program was as quick
                raise PermissionError(13, "Permission denied", str(path))
            try:
                path.open("xb").close()
            except FileExistsError:
                lock.unlock()
                continue
            except OSError:
                lock.unlock()
                raise
            self._lock, self.current = lock, path
            return path
        raise AssertionError("count has no end")

    def prune(self, most_bytes: int = MOST_BYTES) -> None:
        """Remove the oldest recordings until the rest is no more than `most_bytes`, or is being written.

        Only what was made here, and still has its name. What cannot be removed stays, in silence.
        """
        recorded = self.recent()
        excess = sum(each.size for each in recorded) - most_bytes
        for each in reversed(recorded):
            if excess <= 0:
                return
            if _remove(each.path):
                excess -= each.size

    def recent(self) -> list[Recorded]:
        """Return what was recorded here, latest first."""
        found = []
        with suppress(OSError):
            for path in sorted(self.folder.iterdir(), key=_age, reverse=True):
                with suppress(OSError):  # another program may remove it just now
                    if NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                        found.append(Recorded(path, path.stat().st_size))
        return found

    def close(self) -> None:
        """Let other programs remove what was written, when it is old."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None


def _age(path: Path) -> tuple[str, int]:
    """Return what sorts by age: of two sessions that began in the same second, the second is "…-2"."""
    moment, number = path.stem[:19], path.stem[20:]
    return moment, int(number) if number.isdecimal() else 0


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_name(f".{path.name}.lock")))
    lock.setStaleLockTime(0)  # a session may last for days; whether its program lives is what counts
    return lock


def _remove(path: Path) -> bool:
    lock = _lock_of(path)
    if not lock.tryLock(0):
        return False
    try:
        path.unlink()
    except OSError:
        return False
    finally:
        lock.unlock()
    return True
