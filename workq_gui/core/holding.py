"""Who holds which task un-acked, as far as clients saw."""

from collections.abc import Iterator
from typing import NamedTuple

from workq_gui.core.events import TaskDelivered, TaskId, WorkerId


class Hold(NamedTuple):
    """The latest delivery of one task that is un-acked.

    Attributes:
        queue: Which keeps the copy.
        delivery_count: How often it has come back, by the broker's count.
    """

    worker_id: WorkerId
    queue: str
    delivery_count: int
    at_ns: int


NOBODY = Hold(WorkerId(""), "", 0, -1)


class Holding:
    """All that is un-acked, by task and by worker.

    Two workers may hold one task, each in its own eyes: one of them has not noticed yet that it
    lost its connection. The latest delivery counts.
    """

    def __init__(self) -> None:
        self._of_worker: dict[WorkerId, dict[TaskId, None]] = {}  # in the order of delivery
        self._latest: dict[TaskId, Hold] = {}

    def __contains__(self, task_id: TaskId) -> bool:
        return task_id in self._latest

    def __iter__(self) -> Iterator[tuple[TaskId, str]]:
        return ((task_id, hold.queue) for task_id, hold in self._latest.items())

    def take(self, event: TaskDelivered, queue: str) -> bool:
        """A worker got a task; return whether that is the latest delivery: threads keep no order."""
        if event.at_ns < self._latest.get(event.task_id, NOBODY).at_ns:
            return False
        self._of_worker.setdefault(event.worker_id, {})[event.task_id] = None
        self._latest[event.task_id] = Hold(event.worker_id, queue, event.delivery_count, event.at_ns)
        return True

    def latest(self, task_id: TaskId) -> Hold:
        """Return who has it; `NOBODY` if nobody does."""
        return self._latest.get(task_id, NOBODY)

    def has(self, worker_id: WorkerId, task_id: TaskId) -> bool:
        """Whether the worker has it, in its own eyes."""
        return task_id in self._of_worker.get(worker_id, {})

    def tasks_of(self, worker_id: WorkerId) -> list[TaskId]:
        """Return what a worker has, in the order of delivery."""
        return list(self._of_worker.get(worker_id, {}))

    def tasks_in(self, queue: str) -> list[TaskId]:
        """Return that of which `queue` keeps a copy."""
        return [task_id for task_id, hold in self._latest.items() if hold.queue == queue]

    def drop(self, worker_id: WorkerId, task_id: TaskId) -> None:
        """The worker has it no more, in anybody's eyes; the latest delivery stays what it is."""
        self._of_worker.get(worker_id, {}).pop(task_id, None)

    def release(self, worker_id: WorkerId, task_id: TaskId) -> str:
        """Take the task out of the worker's hands; return its queue, "" if another has it by now."""
        self._of_worker.get(worker_id, {}).pop(task_id, None)
        hold = self._latest.get(task_id, NOBODY)
        if hold.worker_id != worker_id:
            return ""
        del self._latest[task_id]
        return hold.queue
