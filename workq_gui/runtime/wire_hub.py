"""Brings what goes over the wire from the connections' threads to the GUI thread, while it is watched."""

from collections import deque

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from workq_gui.core.clock import Clock
from workq_gui.core.wire import MOST_FRAMES, WireLog, WireRecord
from workq_gui.messaging.wire import WireTap
from workq_gui.messaging.wire_decoding import decode

FRAME_MS = 16
MOST_PER_FRAME = 5_000
"""So many frames are taken in at a time, in some 6 ms."""


class WireHub(QObject):
    """The tap for all connections of a demonstration, and the log of what it saw. Belongs to the GUI thread.

    Attributes:
        tap: For the connections. It is closed unless `watch` opened it.
        log: What was seen while it was open.

    Signals:
        arrived: There is more in the log; once per frame at most.
    """

    arrived = Signal()
    _woken = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tap = WireTap(clock)
        self.log = WireLog(decode)
        self._clock = clock
        # The oldest make room: the log would keep no more than these either.
        self._posted: deque[WireRecord] = deque(maxlen=MOST_FRAMES)
        self._lost_count = 0
        self._is_awake = False
        self._timer = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._timer.timeout.connect(self._drain)
        self._woken.connect(self._timer.start, Qt.ConnectionType.QueuedConnection)

    def watch(self, is_watched: bool) -> None:
        """Record from now on, or record nothing any more."""
        if is_watched == (self.tap.sink is not None):
            return
        if is_watched:
            self._post([WireRecord(self._clock.now_ns(), "", False, 0, b"")])
        self.tap.sink = self._post if is_watched else None

    def _post(self, batch: list[WireRecord]) -> None:
        """Hand in frames. Safe from any thread; returns at once."""
        surplus = len(self._posted) + len(batch) - MOST_FRAMES
        if surplus > 0:
            self._lost_count += surplus  # at least: of two threads at once one may count
        self._posted.extend(batch)
        if not self._is_awake:
            self._is_awake = True
            self._woken.emit()

    def _drain(self) -> None:
        # Down before the deque is read: a post from now on wakes us again.
        self._is_awake = False
        posted = self._posted
        batch = [posted.popleft() for _ in range(min(MOST_PER_FRAME, len(posted)))]
        lost_count, self._lost_count = self._lost_count, 0
        self.log.extend(batch, lost_count)
        self.arrived.emit()
        if posted and not self._is_awake:
            self._is_awake = True
            self._timer.start()
