"""A recording from its file into a session, a slice at a time, while it can be looked at."""

from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from workq_gui.core.clock import ManualClock
from workq_gui.core.events import Event
from workq_gui.core.history import EVERYTHING
from workq_gui.core.queue_events import QueueAdded
from workq_gui.core.recording import Header, RecordingError, RecordingNotes, RecordingReader
from workq_gui.core.session import Session
from workq_gui.core.settings import DEFAULT_QUEUE

PART_BYTES = 32_768
"""So much is read at once: some 250 events, in 3 ms."""
SLICE_S = 0.020
"""So long a slice keeps the GUI thread; then it paints.

No thread reads: Python's lock lets only one work, and each would wait for the other.
"""
LOOKED_AT_BYTES = 1_000_000
"""What has neither header nor event in so much is no recording."""


class RecordingLoader(QObject):
    """Reads a recording into a session of its own. Belongs to the GUI thread.

    What is loaded so far can be looked at like any session: its clock stands at the latest event, and moves
    on while more is loaded. Made, it has read the beginning, so that another kind of file is refused at once;
    `start` loads the rest in slices of some milliseconds.

        loader = RecordingLoader(path, parent)           # RecordingError: show its words
        playhead = Playhead(loader.session, ticks=SessionClock())
        loader.start()

    Attributes:
        path: The file.
        header: What the first line says: who made it, when it began; empty fields in an old one.
        session: What was recorded. It keeps every event.
        clock: The session's: the moment of the latest event, and in the end, when the last token lands.

    Signals:
        progressed: After each slice; carries how much of the file is loaded, 0.0 to 1.0.
        first_shown: The first events are in the session: there is something to look at. Once, if there are
            any.
        finished: All is loaded, or what can be; carries `RecordingNotes`: what is to be said about it. Once.

    Raises:
        RecordingError: the file cannot be read or is no recording; from `__init__`, in sentences.
    """

    progressed = Signal(float)
    first_shown = Signal()
    finished = Signal(object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._reader = RecordingReader()
        self._is_at_end = False
        self._read_bytes = 0
        self._failure = ""
        self._open()
        self._events = self._read_beginning()
        self.clock = ManualClock()
        self.session = Session(self.clock, self._first_queue(), EVERYTHING)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._load_slice)

    @property
    def header(self) -> Header:
        """What the first line says."""
        return self._reader.header

    @property
    def is_loading(self) -> bool:
        """Whether there is more to come."""
        return not self._file.closed

    @property
    def fraction(self) -> float:
        """How much of the file is loaded, 0.0 to 1.0."""
        return 1.0 if self._is_at_end else min(1.0, self._read_bytes / self._size)

    @property
    def notes(self) -> RecordingNotes:
        """What is to be said about what was read so far."""
        notes = self._reader.notes
        if not self._failure:
            return notes
        words = f"The file could not be read to its end: {self._failure}. All before that is shown."
        return RecordingNotes((*notes.sentences, words), notes.event_count)

    def start(self) -> None:
        """Begin to load, from the event loop."""
        self._timer.start(0)

    def load_all(self) -> RecordingNotes:
        """Load what is left at once, without an event loop; for the command line."""
        while self.is_loading:
            self._load_slice()
        return self.notes

    def cancel(self) -> None:
        """Load no more; what is loaded stays in the session. `finished` is not emitted."""
        self._timer.stop()
        self._file.close()

    # --- the file -----------------------------------------------------------------------------

    def _open(self) -> None:
        name = self.path.name or str(self.path)  # "." and "/" have no name
        try:
            if self.path.is_dir():
                raise RecordingError(
                    f"{name} is a folder, not a recording. Open a file in it: recordings end in .workq."
                )
            if self.path.exists() and not self.path.is_file():
                raise RecordingError(f"{name} is not a file, but a device or a pipe. Choose a recording.")
            self._file = self.path.open("rb")
            self._size = self.path.stat().st_size
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            reason = getattr(error, "strerror", None) or str(error)
            raise RecordingError(
                f"{self.path} cannot be opened: {reason}. It may have been moved or removed, or belong to "
                "somebody else. Choose another file."
            ) from error

    def _read_beginning(self) -> list[Event]:
        """Return the first events.

        Raises:
            RecordingError: it is no recording.
        """
        events: list[Event] = []
        while not self._reader.is_recording and not self._is_at_end and self._read_bytes < LOOKED_AT_BYTES:
            events += self._read_part()
        if self._reader.is_recording:
            return events
        self._file.close()
        name = self.path.name
        if self._failure:
            raise RecordingError(f"{name} cannot be read: {self._failure}. Choose another file.")
        if not self._read_bytes:
            raise RecordingError(
                f"{name} is empty: nothing was recorded, or it was not copied. There is nothing to show."
            )
        raise RecordingError(
            f"{name} is not a recording of WorkQ: no line at its beginning is an event. It may be another "
            "kind of file, or be damaged. Choose a file that ends in .workq."
        )

    def _read_part(self) -> list[Event]:
        try:
            part = self._file.read(PART_BYTES)
        except OSError as error:
            self._is_at_end, self._failure = True, error.strerror or str(error)
            return []
        self._read_bytes += len(part)
        if part:
            return self._reader.feed(part)
        self._is_at_end = True
        return self._reader.end()

    # --- into the session ---------------------------------------------------------------------

    def _load_slice(self) -> None:
        until_s = perf_counter() + SLICE_S
        was_empty = not self.session.history.count
        self._take_in()
        while not self._is_at_end and perf_counter() < until_s:
            self._events = self._read_part()
            self._take_in()
        if self._is_at_end:
            self._end()
        if was_empty and self.session.history.count:
            self.first_shown.emit()
        self.progressed.emit(self.fraction)
        if self._is_at_end:
            self.finished.emit(self.notes)

    def _take_in(self) -> None:
        if self._events:
            self.session.extend(self._events)
            self._move_clock(max(event.at_ns for event in self._events))
            self._events = []

    def _end(self) -> None:
        self.cancel()
        # What was on its way when the recording ended is seen to arrive.
        self._move_clock(self.session.scene.last_landing_ns)

    def _move_clock(self, at_ns: int) -> None:
        self.clock.advance(max(0, at_ns - self.clock.now_ns()))

    def _first_queue(self) -> str:
        """Return the queue that was used; the one in the header was wished for, and may have been refused."""
        added = (event.queue for event in self._events if isinstance(event, QueueAdded))
        return next(added, self.header.queue or DEFAULT_QUEUE)
