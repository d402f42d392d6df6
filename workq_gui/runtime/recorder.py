"""Events into a file, one line each, as they happen."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from workq_gui.core.event_log import to_line
from workq_gui.core.events import Event


class Recorder(QObject):
    """Writes every event to a file of JSON lines. Belongs to the GUI thread.

    Raises:
        OSError: the file cannot be written; from `__init__`, before anything happens.
    """

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = path.open("w", encoding="utf-8")

    @Slot(list)
    def record(self, batch: Iterable[Event]) -> None:
        """Append `batch`, and hand it to the system, so that a crash of ours loses nothing."""
        self._file.writelines(f"{to_line(event)}\n" for event in batch)
        self._file.flush()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
