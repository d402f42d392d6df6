"""Judges facts: what no client can see, derived from what clients saw.

A client never sees its task go back to the queue: it is gone by then. So
nobody reports it; this judge concludes it, in live and in replay alike.
"""

from collections.abc import Iterator

from workq_gui.core.events import (
    ConnectionLost,
    Event,
    TaskAcked,
    TaskDelivered,
    TaskFinished,
    TaskId,
    TaskLost,
    TaskNacked,
    TaskRanTwice,
    TaskRequeued,
    WorkerCrashed,
    WorkerId,
    WorkerStopped,
)

JUDGED = frozenset(
    {TaskDelivered, TaskFinished, TaskAcked, WorkerCrashed, WorkerStopped, ConnectionLost, TaskNacked}
)
"""The facts that something may follow from; a burst of others need not be asked about."""


class Judge:
    """Turns facts into verdicts. Feed it every fact once, in order."""

    def __init__(self) -> None:
        self._held: dict[WorkerId, dict[TaskId, None]] = {}  # un-acked, in the order of delivery
        self._finished_by: dict[TaskId, WorkerId] = {}

    def judge(self, event: Event) -> Iterator[Event]:
        """Yield the verdicts that follow from `event`."""
        match event:
            case TaskDelivered():
                self._held.setdefault(event.worker_id, {})[event.task_id] = None
            case TaskFinished():
                yield from self._judge_finish(event)
            case TaskAcked():
                self._held.get(event.worker_id, {}).pop(event.task_id, None)
            case WorkerCrashed():
                yield from self._requeue_all_of(event.worker_id, "crashed", event.at_ns)
            case WorkerStopped():
                yield from self._requeue_all_of(event.worker_id, "stopped", event.at_ns)
            case ConnectionLost():
                yield from self._requeue_all_of(WorkerId(event.owner), "connection lost", event.at_ns)
            case TaskNacked():
                yield TaskLost(
                    at_ns=event.at_ns, task_id=event.task_id, cause="the broker refused it (basic.nack)"
                )

    def _judge_finish(self, event: TaskFinished) -> Iterator[Event]:
        first = self._finished_by.get(event.task_id)
        if first is None:
            self._finished_by[event.task_id] = event.worker_id
        else:
            yield TaskRanTwice(at_ns=event.at_ns, task_id=event.task_id, first=first, second=event.worker_id)

    def _requeue_all_of(self, worker_id: WorkerId, cause: str, at_ns: int) -> Iterator[Event]:
        for task_id in self._held.pop(worker_id, {}):
            yield TaskRequeued(at_ns=at_ns, task_id=task_id, worker_id=worker_id, cause=cause)
