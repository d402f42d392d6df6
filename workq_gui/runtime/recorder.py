"""Events into a file, one line each, as they happen."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from workq_gui.core.event_lines import to_line
from workq_gui.core.events import Event
from workq_gui.core.recording import Header


class Recorder(QObject):
    """Writes every event to a recording, until that fails once. Belongs to the GUI thread.

    Args of the constructor:
        header: The first line.
        most_bytes: The file ends when it is so long; None for no limit.

    Signals:
        failed: The file cannot be written any more; carries the system's words. What was written stays.
        filled: The file is as long as it may be, and ends, whole. Once.

    Raises:
        OSError: the file cannot be written; from `__init__`, before anything happens.
    """

    failed = Signal(str)
    filled = Signal()

    def __init__(
        self, path: Path, header: Header, most_bytes: int | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        # Unbuffered: each batch is the system's at once, and a failed one is not tried again at the end.
        self._file = path.open("wb", buffering=0)
        self._has_ended = False
        self._left_bytes = most_bytes
        self._header: Header | None = header

    @Slot(list)
    def record(self, batch: Iterable[Event]) -> None:
        """Append `batch`, and hand it to the system, so that a crash of ours loses nothing."""
        if self._has_ended:
            return
        try:
            self._write_header()
            self._write([to_line(event) for event in batch])
        except OSError as error:
            self._has_ended = True
            self.failed.emit(error.strerror or str(error))
        else:
            if self._left_bytes is not None and self._left_bytes < 0:
                self._has_ended = True
                self.filled.emit()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _write_header(self) -> None:
        """Write the first line, if that is to be done: with the first events, for a failure to be told."""
        if self._header is not None:
            header, self._header = self._header, None
            self._write([header.to_line()])

    def _write(self, lines: list[str]) -> None:
        # Half a character pair, which Qt lets the user type, is no UTF-8; so it becomes JSON's word for it.
        data = "".join(f"{line}\n" for line in lines).encode(errors="backslashreplace")
        if self._left_bytes is not None:
            self._left_bytes -= len(data)
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
