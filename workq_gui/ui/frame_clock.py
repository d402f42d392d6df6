"""When to look: once per frame while something moves, and not at all while nothing does."""

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, Qt, QTimer, Signal

FRAME_MS = 16
SETTLING_MS = 250
SETTLING_S = 8.0
"""What changes by time alone, such as a sentence that gives way to a later one, does so within this time."""


class FrameClock(QObject):
    """One timer for all views: quick while something moves, slow for some seconds, and then off.

    Belongs to the GUI thread.

    Signals:
        tick: Show the present moment.
    """

    tick = Signal()

    def __init__(self, is_moving: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_moving = is_moving
        self._woken_at_s = 0.0
        self._is_closed = False
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def is_resting(self) -> bool:
        """Whether no timer runs."""
        return not self._timer.isActive()

    def wake(self) -> None:
        """Something happened: show it at once, and go on while something moves.

        The hub calls this once per frame at most, and the timer begins anew: so there are no more frames
        than before, and none of them waits for the timer.
        """
        if self._is_closed:
            return
        self._woken_at_s = monotonic()
        self._timer.start(FRAME_MS)
        self.tick.emit()

    def stir(self) -> None:
        """Something happened that changes a text at most: show it within the slow rhythm."""
        self._woken_at_s = monotonic()
        if not self._timer.isActive() and not self._is_closed:
            self._timer.start(SETTLING_MS)

    def close(self) -> None:
        """Show nothing any more: what is shown on goes away."""
        self._timer.stop()
        self._is_closed = True

    def _on_timeout(self) -> None:
        self.tick.emit()
        if self._is_moving():
            self._woken_at_s = monotonic()
        elif monotonic() - self._woken_at_s > SETTLING_S:
            self._timer.stop()
        elif self._timer.interval() != SETTLING_MS:
            self._timer.start(SETTLING_MS)
