"""Times in which something held."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator


class Intervals:
    """Times in which something held, one after the other; the last may go on.

    Attributes:
        starts: When each began, in nanoseconds.
        ends: When each ended; one fewer than `starts` while the last goes on.
    """

    def __init__(self) -> None:
        self.starts = array("q")
        self.ends = array("q")
        self._count = 0

    @property
    def is_open(self) -> bool:
        """Whether it holds now."""
        return len(self.starts) > len(self.ends)

    def add(self, at_ns: int, change: int) -> None:
        """There are `change` more, or fewer, of what makes it hold."""
        before, self._count = self._count, max(0, self._count + change)
        if before == 0 and self._count > 0:
            if self.ends and self.ends[-1] >= at_ns:  # it went on without a gap
                self.ends.pop()
            else:
                self.starts.append(at_ns)
        elif before > 0 and self._count == 0:
            self.ends.append(max(at_ns, self.starts[-1]))

    def within(self, from_ns: int, to_ns: int) -> Iterator[tuple[int, int | None]]:
        """Yield those that touch the time from `from_ns` to `to_ns`; an end of None is still to come."""
        for place in range(bisect_left(self.ends, from_ns), bisect_right(self.starts, to_ns)):
            yield self.starts[place], self.ends[place] if place < len(self.ends) else None

    def forget(self, before_ns: int) -> None:
        """Drop those that ended before `before_ns`."""
        count = bisect_left(self.ends, before_ns)
        del self.starts[:count], self.ends[:count]
