"""The one bridge between threads: events from anywhere into the session."""

from collections import deque
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from workq_gui.core.events import Event
from workq_gui.core.session import Session

FRAME_S = 0.016
SLICE_EVENTS = 100
SHORT_DRAIN_S = 0.002
MIDDLE_DRAIN_S = 0.005
LONG_DRAIN_S = 0.010
"""How long a drain may keep the GUI thread: what is left waits for the next frame.

So a burst is shown some frames late, and leaves the interpreter to those who make it.
"""
SOME_EVENTS = 2_000
MANY_EVENTS = 50_000
"""With so many waiting, being late is worse than being slow."""


class EventHub(QObject):
    """Brings events from any thread into the session, in the GUI thread, at most once per frame.

    `post` appends to a deque and wakes the GUI thread only if no wake-up is
    under way: one queued signal per event would use up the GUI thread at
    5,000 tasks a second.

    Signals:
        recorded: Some events were recorded; carries them as a list. GUI thread.
        drained: All that was due was recorded, once per frame at most: now look. GUI thread.
    """

    recorded = Signal(list)
    drained = Signal()
    _woken = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._posted: deque[Event] = deque()
        self._is_awake = False
        self._drained_at_s = 0.0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._drain)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    def post(self, event: Event) -> None:
        """Hand in `event`. Safe from any thread; returns at once."""
        self._posted.append(event)
        if not self._is_awake:
            self._is_awake = True
            self._woken.emit()

    def flush(self) -> None:
        """Record all that was posted so far, however long it takes. GUI thread."""
        while self._posted:
            self._record_slice()
        self.drained.emit()

    def _on_woken(self) -> None:
        wait_s = FRAME_S - (perf_counter() - self._drained_at_s)
        if wait_s > 0:
            self._timer.start(round(wait_s * 1000))
        else:
            self._drain()

    def _drain(self) -> None:
        # Down before the deque is read: a post from now on wakes us again.
        self._is_awake = False
        until_s = perf_counter() + _drain_s(len(self._posted))
        while self._posted and perf_counter() < until_s:
            self._record_slice()
        self._drained_at_s = perf_counter()
        self.drained.emit()
        if self._posted and not self._is_awake:
            self._is_awake = True
            self._timer.start(round(FRAME_S * 1000))

    def _record_slice(self) -> None:
        posted = self._posted
        batch = [posted.popleft() for _ in range(min(SLICE_EVENTS, len(posted)))]
        self._session.extend(batch)
        self.recorded.emit(batch)


def _drain_s(waiting_count: int) -> float:
    if waiting_count < SOME_EVENTS:
        return SHORT_DRAIN_S
    return MIDDLE_DRAIN_S if waiting_count < MANY_EVENTS else LONG_DRAIN_S
