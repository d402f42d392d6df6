"""Signs of life, in both directions (specification, section 4.2.7)."""

from collections.abc import Callable

from .timers import Timer, Timers


class Heartbeat:
    """Sends a heartbeat when nothing else is sent, and notices that a client is silent.

    RabbitMQ sends one each half interval, and gives a client up after three
    intervals without a byte; so do we.

    Attributes:
        received_at: When the last byte came.
        sent_at: When the last byte went.
        is_paused: Nobody reads from the client, so its silence means nothing.
    """

    def __init__(
        self, timers: Timers, now: float, *, beat: Callable[[], None], silent: Callable[[], None]
    ) -> None:
        """Prepare.

        Args:
            timers: Where to wait.
            now: The time.
            beat: Sends a heartbeat.
            silent: Gives the client up.
        """
        self.received_at = self.sent_at = now
        self.is_paused = False
        self._timers = timers
        self._beat = beat
        self._silent = silent
        self._interval_s = 0
        self._timer: Timer | None = None

    def start(self, interval_s: int, now: float) -> None:
        """Begin; an interval of 0 means that neither side wants any."""
        self._interval_s = interval_s
        if interval_s:
            self._wait(now)

    def stop(self) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, now: float) -> None:
        at = min(now + self._interval_s / 2, self.received_at + 3 * self._interval_s)
        self._timer = self._timers.call_at(at, lambda: self._look(at))

    def _look(self, now: float) -> None:
        if self.is_paused:
            self.received_at = now
        if now - self.received_at >= 3 * self._interval_s:
            self._silent()
            return
        if now - self.sent_at >= self._interval_s / 2:
            self._beat()
            self.sent_at = now
        self._wait(now)
