"""Judges facts: what no client can see, derived from what clients saw.

A client never sees its task go back to the queue: it is gone by then. So
nobody reports it; this judge concludes it, in live and in replay alike.
"""

from collections.abc import Callable
from typing import Any

from workq_gui.core.events import (
    ConnectionLost,
    Event,
    QueueMissing,
    TaskAcked,
    TaskDelivered,
    TaskEvent,
    TaskFinished,
    TaskId,
    TaskLost,
    TaskNacked,
    TaskPublished,
    TaskRanTwice,
    TaskRequeued,
    TaskReturned,
    TaskUnconfirmed,
    WorkerCrashed,
    WorkerId,
    WorkerStopped,
)

ACK_LOST = "the first ack never arrived"
TWO_COPIES = "it was published twice, since its first confirm never arrived"
QUEUE_DELETED = "its queue was deleted"
REFUSED = "the broker refused it (basic.nack)"


class Judge:
    """Turns facts into verdicts. Feed it every fact that it has a handler for, once, in order.

    Attributes:
        handlers: What to conclude from a fact, by its type: the verdicts that follow from it.
        handlers_before: The same, for verdicts on what must have happened before the fact.
    """

    def __init__(self) -> None:
        self._held: dict[WorkerId, dict[TaskId, None]] = {}  # un-acked, in the order of delivery
        self._holder: dict[TaskId, WorkerId] = {}
        self._waiting: dict[TaskId, None] = {}  # ours, and in the queue
        self._finished_by: dict[TaskId, WorkerId] = {}
        self._acked: set[TaskId] = set()
        self.handlers_before: dict[type[Event], Callable[[Any], list[Event]]] = {
            TaskDelivered: self._before_delivered
        }
        self.handlers: dict[type[Event], Callable[[Any], list[Event]]] = {
            TaskPublished: self._on_published,
            TaskReturned: self._on_left,
            TaskUnconfirmed: self._on_left,
            TaskNacked: self._on_nacked,
            TaskDelivered: self._on_delivered,
            TaskFinished: self._on_finished,
            TaskAcked: self._on_acked,
            WorkerCrashed: lambda e: self._requeue_all_of(e.worker_id, "crashed", e.at_ns),
            WorkerStopped: lambda e: self._requeue_all_of(e.worker_id, "stopped", e.at_ns),
            ConnectionLost: lambda e: self._requeue_all_of(WorkerId(e.owner), "connection lost", e.at_ns),
            QueueMissing: self._on_queue_missing,
        }

    def _on_published(self, event: TaskPublished) -> list[Event]:
        self._waiting[event.task_id] = None
        return []

    def _on_left(self, event: TaskEvent) -> list[Event]:
        self._waiting.pop(event.task_id, None)
        return []

    def _on_nacked(self, event: TaskNacked) -> list[Event]:
        self._waiting.pop(event.task_id, None)
        return [TaskLost(at_ns=event.at_ns, task_id=event.task_id, cause=REFUSED)]

    def _before_delivered(self, event: TaskDelivered) -> list[Event]:
        """A redelivery shows that the worker before has lost the task, even if it has not noticed yet."""
        holder = self._holder.get(event.task_id)
        if not event.redelivered or holder is None or holder == event.worker_id:
            return []
        self._held[holder].pop(event.task_id, None)
        return [TaskRequeued(at_ns=event.at_ns, task_id=event.task_id, worker_id=holder, cause="left")]

    def _on_delivered(self, event: TaskDelivered) -> list[Event]:
        self._waiting.pop(event.task_id, None)
        self._held.setdefault(event.worker_id, {})[event.task_id] = None
        self._holder[event.task_id] = event.worker_id
        return []

    def _on_finished(self, event: TaskFinished) -> list[Event]:
        first = self._finished_by.get(event.task_id)
        if first is None:
            self._finished_by[event.task_id] = event.worker_id
            return []
        cause = TWO_COPIES if event.task_id in self._acked else ACK_LOST
        return [
            TaskRanTwice(
                at_ns=event.at_ns, task_id=event.task_id, first=first, second=event.worker_id, cause=cause
            )
        ]

    def _on_acked(self, event: TaskAcked) -> list[Event]:
        self._held.get(event.worker_id, {}).pop(event.task_id, None)
        if self._holder.get(event.task_id) == event.worker_id:
            del self._holder[event.task_id]
        self._acked.add(event.task_id)
        return []

    def _requeue_all_of(self, worker_id: WorkerId, cause: str, at_ns: int) -> list[Event]:
        task_ids = self._held.pop(worker_id, {})
        for task_id in task_ids:
            self._holder.pop(task_id, None)
            self._waiting[task_id] = None
        return [
            TaskRequeued(at_ns=at_ns, task_id=task_id, worker_id=worker_id, cause=cause)
            for task_id in task_ids
        ]

    def _on_queue_missing(self, event: QueueMissing) -> list[Event]:
        task_ids = [*self._waiting, *self._holder]
        self._waiting.clear()
        self._holder.clear()
        self._held.clear()
        return [TaskLost(at_ns=event.at_ns, task_id=task_id, cause=QUEUE_DELETED) for task_id in task_ids]
