"""Things to do later, for code that does not know the time by itself."""

import heapq
import itertools
from collections.abc import Callable


class Timer:
    """One thing to do later; `cancel` it, or let it happen."""

    __slots__ = ("action",)

    def __init__(self, action: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Let it never happen."""
        self.action = None


class Timers:
    """All timers of a broker. The driver asks `next_at`, and calls `run` when it is time."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._number = itertools.count()

    def call_at(self, when: float, action: Callable[[], None]) -> Timer:
        """Do `action` at `when`."""
        timer = Timer(action)
        heapq.heappush(self._heap, (when, next(self._number), timer))
        return timer

    @property
    def next_at(self) -> float | None:
        """When `run` has something to do, None if never."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def run(self, now: float) -> None:
        """Do all that is due at `now`."""
        while (when := self.next_at) is not None and when <= now:
            _, _, timer = heapq.heappop(self._heap)
            action, timer.action = timer.action, None
            if action is not None:
                action()
