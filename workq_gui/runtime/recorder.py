"""Events into a file, one line each, as they happen."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from workq_gui.core.event_lines import to_line
from workq_gui.core.events import Event


class Recorder(QObject):
    """Writes every event to a file of JSON lines, until that fails once. Belongs to the GUI thread.

    Args of the constructor:
        most_bytes: The file ends, in silence, when it is so long; None for no limit.

    Signals:
        failed: The file cannot be written any more; carries the system's words. What was written stays.

    Raises:
        OSError: the file cannot be written; from `__init__`, before anything happens.
    """

    failed = Signal(str)

    def __init__(self, path: Path, most_bytes: int | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Unbuffered: each batch is the system's at once, and a failed one is not tried again at the end.
        self._file = path.open("wb", buffering=0)
        self._has_ended = False
        self._left_bytes = most_bytes

    @Slot(list)
    def record(self, batch: Iterable[Event]) -> None:
        """Append `batch`, and hand it to the system, so that a crash of ours loses nothing."""
        if self._has_ended:
            return
        try:
            lines = "".join(f"{to_line(event)}\n" for event in batch).encode()
            if self._left_bytes is not None:
                self._left_bytes -= len(lines)
                self._has_ended = self._left_bytes < 0
            left = memoryview(lines)
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            self._has_ended = True
            self.failed.emit(error.strerror or str(error))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
