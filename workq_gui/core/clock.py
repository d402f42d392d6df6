"""Where event times come from."""

import time
from typing import Protocol


class Clock(Protocol):
    """Gives the time of a session."""

    def now_ns(self) -> int:
        """Return nanoseconds since the session started. Safe from any thread."""


class SessionClock:
    """A monotonic clock that starts at zero when it is made. Belongs to no thread."""

    def __init__(self) -> None:
        self._started_ns = time.perf_counter_ns()

    def now_ns(self) -> int:
        """Return nanoseconds since this clock was made."""
        return time.perf_counter_ns() - self._started_ns


class ManualClock:
    """A clock that stands still until it is moved; for tests and for replay."""

    def __init__(self, at_ns: int = 0) -> None:
        self._at_ns = at_ns

    def now_ns(self) -> int:
        """Return the time it was last moved to."""
        return self._at_ns

    def advance(self, by_ns: int) -> None:
        """Move on by `by_ns` nanoseconds."""
        self._at_ns += by_ns
