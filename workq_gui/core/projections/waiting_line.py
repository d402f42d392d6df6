"""What waits in one queue, in its order."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from workq_gui.core.events import TaskId


class WaitingLine:
    """The ready tasks of one queue, head first: by number, since a task that comes back takes its old place.

    Attributes:
        kind_counts: How many there are of each number of dots.
        changed_ns: When that changed last.
    """

    def __init__(self) -> None:
        self.kind_counts: Counter[int] = Counter()
        self.changed_ns = 0
        self._places: dict[TaskId, tuple[int, int]] = {}  # number, dots
        self._is_in_order = True

    def __len__(self) -> int:
        return len(self._places)

    def copy(self) -> "WaitingLine":
        """Return a line that stands where this one does."""
        twin = WaitingLine()
        twin.kind_counts, twin.changed_ns = self.kind_counts.copy(), self.changed_ns
        twin._places, twin._is_in_order = self._places.copy(), self._is_in_order
        return twin

    def add(self, task_id: TaskId, number: int, dots: int, at_ns: int) -> None:
        """Let a task take its place."""
        if self._places and number < next(reversed(self._places.values()))[0]:
            self._is_in_order = False
        if task_id not in self._places:
            self.kind_counts[dots] += 1
        self._places[task_id] = (number, dots)
        self.changed_ns = at_ns

    def remove(self, task_id: TaskId, at_ns: int) -> None:
        """Let a task go, if it waits here."""
        place = self._places.pop(task_id, None)
        if place is not None:
            self.kind_counts[place[1]] -= 1
            self.changed_ns = at_ns

    def first(self, limit: int) -> Iterator[TaskId]:
        """Yield the first `limit` tasks, head first."""
        if not self._is_in_order:
            self._places = dict(sorted(self._places.items(), key=lambda item: item[1]))
            self._is_in_order = True
        return islice(self._places, limit)
