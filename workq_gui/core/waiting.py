"""Which tasks wait in which queue, as far as clients saw, and since when that has not changed."""

from collections.abc import Iterator

from workq_gui.core.events import TaskId


class Waiting:
    """The tasks that are ready, or on their way to their queue."""

    def __init__(self) -> None:
        self._queue_of: dict[TaskId, str] = {}
        self._changed_ns: dict[str, int] = {}

    def __contains__(self, task_id: TaskId) -> bool:
        return task_id in self._queue_of

    def __iter__(self) -> Iterator[tuple[TaskId, str]]:
        return iter(self._queue_of.items())

    def enter(self, task_id: TaskId, queue: str, at_ns: int) -> None:
        """It is in `queue`; which is "" if that is not known."""
        self._queue_of[task_id] = queue
        self._changed_ns[queue] = at_ns

    def leave(self, task_id: TaskId, at_ns: int) -> str:
        """It is not there any more; return its queue, "" if it was in none."""
        queue = self._queue_of.pop(task_id, "")
        self._changed_ns[queue] = at_ns
        return queue

    def queue_of(self, task_id: TaskId) -> str:
        """Return where it waits; "" if it does not, or if that is not known."""
        return self._queue_of.get(task_id, "")

    def tasks_in(self, queue: str) -> list[TaskId]:
        """Return those that wait in `queue`, first to last."""
        return [task_id for task_id, name in self._queue_of.items() if name == queue]

    def tasks_perhaps_in(self, queue: str) -> list[TaskId]:
        """Return those that wait in `queue`, or in one that is not known."""
        return [task_id for task_id, name in self._queue_of.items() if name in ("", queue)]

    def is_quiet(self, queue: str, at_ns: int, for_ns: int) -> bool:
        """Whether nothing has come or gone there in the last `for_ns` nanoseconds."""
        return at_ns - self._changed_ns.get(queue, 0) >= for_ns
