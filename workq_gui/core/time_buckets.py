"""Figures by time, in memory that does not grow: the longer a session lasts, the coarser its time."""

from array import array
from collections.abc import Callable
from typing import Generic, TypeVar

BASE_NS = 250_000_000
"""How fine time is at the beginning."""
MOST_BUCKETS = 2_048
"""When there are so many, two become one."""
MOST_CHECKPOINTS = 256

NO_NEWS = -1

T = TypeVar("T")


class TimeBuckets:
    """Some series of sums, and one of latest values, bucket by bucket of time.

    Attributes:
        width_ns: How long a bucket is; it doubles when there are too many.
        sums: What was added in each bucket, series by series.
        latest: The last value that was set in each bucket; NO_NEWS where none was.
    """

    def __init__(self, series_count: int) -> None:
        self.width_ns = BASE_NS
        self.sums = [array("q") for _ in range(series_count)]
        self.latest = array("q")

    def __len__(self) -> int:
        return len(self.latest)

    def add(self, series: int, at_ns: int, amount: int = 1) -> None:
        """Add to one series; what is told late goes to the bucket in which it happened."""
        index = at_ns // self.width_ns
        if index >= len(self.latest):
            index = self.reach(at_ns)
        self.sums[series][index] += amount

    def set_latest(self, at_ns: int, value: int) -> None:
        """Set the value that holds from `at_ns` on; it is not negative, or means "not known"."""
        self.latest[self.reach(at_ns)] = value

    def reach(self, at_ns: int) -> int:
        """Let there be buckets up to `at_ns`; return the index of the one that it is in."""
        while at_ns // self.width_ns >= MOST_BUCKETS:
            self._halve()
        index = at_ns // self.width_ns
        missing = index + 1 - len(self)
        if missing > 0:
            for series in self.sums:
                series.extend([0] * missing)
            self.latest.extend([NO_NEWS] * missing)
        return index

    def _halve(self) -> None:
        self.width_ns *= 2
        if len(self) % 2:
            for series in self.sums:
                series.append(0)
            self.latest.append(NO_NEWS)
        self.sums = [array("q", map(int.__add__, series[::2], series[1::2])) for series in self.sums]
        pairs = zip(self.latest[::2], self.latest[1::2], strict=True)
        self.latest = array("q", (first if second == NO_NEWS else second for first, second in pairs))


class Checkpoints(Generic[T]):
    """What had come together at regular moments: so the past can be asked for what only ever grows.

    Attributes:
        next_ns: When the next one is due.
    """

    def __init__(self) -> None:
        self.next_ns = BASE_NS
        self._width_ns = BASE_NS
        self._kept: list[T] = []

    def keep_until(self, at_ns: int, take: Callable[[int], T]) -> None:
        """Keep what `take` gives for each moment that is due by `at_ns`."""
        while self.next_ns <= at_ns:
            self._kept.append(take(self.next_ns))
            if len(self._kept) >= MOST_CHECKPOINTS:
                self._kept = self._kept[1::2]
                self._width_ns *= 2
            self.next_ns = (len(self._kept) + 1) * self._width_ns

    def at(self, at_ns: int) -> T | None:
        """Return the latest that was kept up to `at_ns`; None before the first."""
        index = min(at_ns // self._width_ns, len(self._kept)) - 1
        return self._kept[index] if index >= 0 else None
