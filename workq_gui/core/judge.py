"""Judges facts: what no client can see, derived from what clients saw.

A client never sees its task go back to the queue: it is gone by then. So
nobody reports it; this judge concludes it, in live and in replay alike.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from workq_gui.core.causes import (
    ACK_LOST,
    AUTO_ACK,
    NO_QUEUE,
    NOT_ON_DISK,
    PURGED,
    QUEUE_DELETED,
    REFUSED,
    REJECTED,
    TWO_COPIES,
)
from workq_gui.core.events import (
    BrokerStopped,
    ConnectionLost,
    Event,
    QueueAdded,
    QueueMissing,
    QueueObserved,
    QueuePurged,
    TaskAcked,
    TaskConfirmed,
    TaskDelivered,
    TaskEvent,
    TaskFinished,
    TaskId,
    TaskNacked,
    TaskPublished,
    TaskRejected,
    TaskReturned,
    TaskUnconfirmed,
    WorkerCrashed,
    WorkerId,
    WorkerStopped,
)
from workq_gui.core.projections.task_table import KEPT_TASKS
from workq_gui.core.verdicts import TaskDeadLettered, TaskLost, TaskRanTwice, TaskRequeued


class Judge:
    """Turns facts into verdicts. Feed it every fact that it has a handler for, once, in order.

    Attributes:
        handlers: What to conclude from a fact, by its type: the verdicts that follow from it.
        handlers_before: The same, for verdicts on what must have happened before the fact.
    """

    def __init__(self) -> None:
        self._held: dict[WorkerId, dict[TaskId, None]] = {}  # un-acked, in the order of delivery
        self._trusted: dict[WorkerId, dict[TaskId, None]] = {}  # with auto-ack: the broker has forgotten them
        self._holder: dict[TaskId, WorkerId] = {}
        self._waiting: dict[TaskId, str] = {}  # ours, and in the queue of this name
        self._queue_of: dict[TaskId, str] = {}  # of what is held
        self._transient: dict[TaskId, None] = {}
        self._unroutable: set[TaskId] = set()
        self._missing: set[str] = set()
        self._dead_letter_to: dict[str, str] = {}
        self._finished_by: dict[TaskId, WorkerId] = {}
        self._finished: deque[TaskId] = deque()
        self._acked: set[TaskId] = set()
        self.handlers_before: dict[type[Event], Callable[[Any], list[Event]]] = {
            TaskDelivered: self._before_delivered
        }
        self.handlers: dict[type[Event], Callable[[Any], list[Event]]] = {
            QueueAdded: self._on_queue_added,
            QueueObserved: self._on_queue_observed,
            QueueMissing: self._on_queue_missing,
            QueuePurged: self._on_queue_purged,
            TaskPublished: self._on_published,
            TaskConfirmed: self._on_confirmed,
            TaskReturned: self._on_left,
            TaskUnconfirmed: self._on_left,
            TaskNacked: self._on_nacked,
            TaskDelivered: self._on_delivered,
            TaskFinished: self._on_finished,
            TaskAcked: self._on_acked,
            TaskRejected: self._on_rejected,
            WorkerCrashed: lambda e: self._end_of(e.worker_id, "crashed", e.at_ns),
            WorkerStopped: lambda e: self._end_of(e.worker_id, "stopped", e.at_ns),
            ConnectionLost: lambda e: self._end_of(WorkerId(e.owner), "connection lost", e.at_ns),
            BrokerStopped: self._on_broker_stopped,
        }

    # --- the publisher's side -----------------------------------------------------------------

    def _on_published(self, event: TaskPublished) -> list[Event]:
        if event.routing_key in self._missing and not event.mandatory:
            self._unroutable.add(event.task_id)
            return []
        self._waiting[event.task_id] = event.routing_key
        if not event.persistent:
            self._transient[event.task_id] = None
        return []

    def _on_confirmed(self, event: TaskConfirmed) -> list[Event]:
        if event.task_id not in self._unroutable:
            return []
        self._unroutable.discard(event.task_id)
        return [_lost(event.task_id, NO_QUEUE, "exchange", event.at_ns)]

    def _on_left(self, event: TaskEvent) -> list[Event]:
        self._forget(event.task_id)
        return []

    def _on_nacked(self, event: TaskNacked) -> list[Event]:
        self._forget(event.task_id)
        return [_lost(event.task_id, REFUSED, "exchange", event.at_ns)]

    # --- the workers' side --------------------------------------------------------------------

    def _before_delivered(self, event: TaskDelivered) -> list[Event]:
        """A redelivery shows that the worker before has lost the task, even if it has not noticed yet."""
        holder = self._holder.get(event.task_id)
        if not event.redelivered or holder is None or holder == event.worker_id:
            return []
        self._held[holder].pop(event.task_id, None)
        return [TaskRequeued(at_ns=event.at_ns, task_id=event.task_id, worker_id=holder, cause="left")]

    def _on_delivered(self, event: TaskDelivered) -> list[Event]:
        queue = self._waiting.pop(event.task_id, "")
        if event.auto_ack:
            self._transient.pop(event.task_id, None)
            self._trusted.setdefault(event.worker_id, {})[event.task_id] = None
            return []
        self._held.setdefault(event.worker_id, {})[event.task_id] = None
        self._holder[event.task_id] = event.worker_id
        self._queue_of[event.task_id] = event.queue or queue
        if not event.persistent:
            self._transient[event.task_id] = None
        return []

    def _on_finished(self, event: TaskFinished) -> list[Event]:
        self._trusted.get(event.worker_id, {}).pop(event.task_id, None)
        first = self._finished_by.get(event.task_id)
        if first is None:
            self._finished_by[event.task_id] = event.worker_id
            self._forget_the_oldest(event.task_id)
            return []
        cause = TWO_COPIES if event.task_id in self._acked else ACK_LOST
        return [
            TaskRanTwice(
                at_ns=event.at_ns, task_id=event.task_id, first=first, second=event.worker_id, cause=cause
            )
        ]

    def _forget_the_oldest(self, task_id: TaskId) -> None:
        """Keep what is known of who did a task within bounds."""
        self._finished.append(task_id)
        if len(self._finished) > KEPT_TASKS:
            oldest = self._finished.popleft()
            self._finished_by.pop(oldest, None)
            self._acked.discard(oldest)

    def _on_acked(self, event: TaskAcked) -> list[Event]:
        self._release(event.task_id, event.worker_id)
        self._transient.pop(event.task_id, None)
        self._acked.add(event.task_id)
        return []

    def _on_rejected(self, event: TaskRejected) -> list[Event]:
        queue = self._release(event.task_id, event.worker_id)
        if event.requeue:
            self._waiting[event.task_id] = queue
            return [
                TaskRequeued(
                    at_ns=event.at_ns, task_id=event.task_id, worker_id=event.worker_id, cause="nacked"
                )
            ]
        if dead_letter_to := self._dead_letter_to.get(queue):
            self._waiting[event.task_id] = dead_letter_to
            return [
                TaskDeadLettered(
                    at_ns=event.at_ns, task_id=event.task_id, worker_id=event.worker_id, queue=dead_letter_to
                )
            ]
        self._transient.pop(event.task_id, None)
        return [_lost(event.task_id, REJECTED, event.worker_id, event.at_ns)]

    def _release(self, task_id: TaskId, worker_id: WorkerId) -> str:
        """Take the task out of the worker's hands; return the queue that it came from."""
        self._held.get(worker_id, {}).pop(task_id, None)
        if self._holder.get(task_id) == worker_id:
            del self._holder[task_id]
            return self._queue_of.pop(task_id, "")
        return ""

    def _end_of(self, worker_id: WorkerId, cause: str, at_ns: int) -> list[Event]:
        verdicts: list[Event] = []
        for task_id in self._held.pop(worker_id, {}):
            self._holder.pop(task_id, None)
            self._waiting[task_id] = self._queue_of.pop(task_id, "")
            verdicts.append(TaskRequeued(at_ns=at_ns, task_id=task_id, worker_id=worker_id, cause=cause))
        lost = self._trusted.pop(worker_id, {})
        return verdicts + [_lost(task_id, AUTO_ACK, worker_id, at_ns) for task_id in lost]

    # --- queues and the broker ----------------------------------------------------------------

    def _on_queue_added(self, event: QueueAdded) -> list[Event]:
        if event.dead_letter_to:
            self._dead_letter_to[event.queue] = event.dead_letter_to
        return []

    def _on_queue_observed(self, event: QueueObserved) -> list[Event]:
        self._missing.discard(event.queue)
        return []

    def _on_queue_missing(self, event: QueueMissing) -> list[Event]:
        self._missing.add(event.queue)
        gone = self._take_waiting(event.queue)
        held = [task_id for task_id, queue in self._queue_of.items() if queue in ("", event.queue)]
        for task_id in held:
            self._release(task_id, self._holder[task_id])
        return [_lost(task_id, QUEUE_DELETED, "queue", event.at_ns) for task_id in (*gone, *held)]

    def _on_queue_purged(self, event: QueuePurged) -> list[Event]:
        return [_lost(task_id, PURGED, "queue", event.at_ns) for task_id in self._take_waiting(event.queue)]

    def _on_broker_stopped(self, event: BrokerStopped) -> list[Event]:
        """What is transient is gone: waiting or held, since what is held is only a copy of it."""
        gone = [task_id for task_id in self._transient if task_id in self._waiting or task_id in self._holder]
        for task_id in gone:
            self._forget(task_id)
            if task_id in self._holder:
                self._release(task_id, self._holder[task_id])
        return [_lost(task_id, NOT_ON_DISK, "queue", event.at_ns) for task_id in gone]

    def _take_waiting(self, queue: str) -> list[TaskId]:
        gone = [task_id for task_id, name in self._waiting.items() if name in ("", queue)]
        for task_id in gone:
            self._forget(task_id)
        return gone

    def _forget(self, task_id: TaskId) -> None:
        self._waiting.pop(task_id, None)
        self._transient.pop(task_id, None)
        self._unroutable.discard(task_id)


def _lost(task_id: TaskId, cause: str, place: str, at_ns: int) -> TaskLost:
    return TaskLost(at_ns=at_ns, task_id=task_id, cause=cause, place=place)
