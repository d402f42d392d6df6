"""The two lifelines of each task, and the queue that follows from them.

A task has two lifelines: its publisher's (sent, confirmed) and its
consumers' (waiting, un-acked, acked). The broker orders neither against the
other: a task may be delivered before its confirm arrives. Hence two tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice

from workq_gui.core.events import (
    TaskAccepted,
    TaskAcked,
    TaskConfirmed,
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
    WorkerId,
)
from workq_gui.core.projections.projection import Projection


class PublishState(Enum):
    """Where a task is on its way from us to the broker."""

    UNKNOWN = auto()  # somebody else published it
    ACCEPTED = auto()
    IN_FLIGHT = auto()
    CONFIRMED = auto()
    NACKED = auto()
    RETURNED = auto()
    __hash__ = object.__hash__  # Enum's own is slow, and this is asked for with every event


class WorkState(Enum):
    """Where a task is on its way through the queue and the workers."""

    WAITING = auto()
    UNACKED = auto()
    FINISHED = auto()
    ACKED = auto()
    __hash__ = object.__hash__


class TaskStatus(Enum):
    """Both lifelines in one word, for a list."""

    ACCEPTED = auto()
    SENT = auto()
    CONFIRMED = auto()
    WITH_WORKER = auto()
    FINISHED = auto()
    REQUEUED = auto()
    DONE = auto()
    RETURNED = auto()
    LOST = auto()


PUBLISH_TRANSITIONS: dict[tuple[PublishState, type[TaskEvent]], PublishState] = {
    (PublishState.UNKNOWN, TaskAccepted): PublishState.ACCEPTED,
    (PublishState.UNKNOWN, TaskPublished): PublishState.IN_FLIGHT,
    (PublishState.ACCEPTED, TaskPublished): PublishState.IN_FLIGHT,
    (PublishState.IN_FLIGHT, TaskConfirmed): PublishState.CONFIRMED,
    (PublishState.IN_FLIGHT, TaskNacked): PublishState.NACKED,
    (PublishState.IN_FLIGHT, TaskReturned): PublishState.RETURNED,  # its confirm follows and changes nothing
    (PublishState.IN_FLIGHT, TaskUnconfirmed): PublishState.ACCEPTED,
    (PublishState.RETURNED, TaskUnconfirmed): PublishState.ACCEPTED,
}

WORK_TRANSITIONS: dict[tuple[WorkState, type[TaskEvent]], WorkState] = {
    (WorkState.WAITING, TaskDelivered): WorkState.UNACKED,
    (WorkState.UNACKED, TaskDelivered): WorkState.UNACKED,  # published twice: a second copy
    (WorkState.UNACKED, TaskFinished): WorkState.FINISHED,
    (WorkState.UNACKED, TaskRequeued): WorkState.WAITING,
    (WorkState.FINISHED, TaskRequeued): WorkState.WAITING,
    (WorkState.FINISHED, TaskDelivered): WorkState.UNACKED,
    (WorkState.FINISHED, TaskAcked): WorkState.ACKED,
    (WorkState.ACKED, TaskDelivered): WorkState.UNACKED,  # published twice, or the ack never arrived
    (WorkState.ACKED, TaskPublished): WorkState.WAITING,
}

SETTLED = (TaskStatus.DONE, TaskStatus.RETURNED, TaskStatus.LOST)


@dataclass(slots=True)
class TaskState:
    """One task as it stands. Only the board writes it.

    Attributes:
        number: Its place in the order in which tasks became known, from 1.
        redelivered: The broker's flag of the latest delivery.
        persistent: Whether its author asked for a place on disk.
        worker_id: Who holds it, or held it last.
    """

    task_id: TaskId
    text: str
    number: int
    publish: PublishState = PublishState.UNKNOWN
    work: WorkState = WorkState.WAITING
    worker_id: WorkerId | None = None
    deliveries: int = 0
    redelivered: bool = False
    persistent: bool = False
    lost: bool = False
    ran_twice: bool = False
    returned_text: str = ""

    @property
    def status(self) -> TaskStatus:
        """Both lifelines in one word."""
        if self.work is WorkState.ACKED:
            return TaskStatus.DONE
        if self.lost:
            return TaskStatus.LOST
        if self.work is WorkState.FINISHED:
            return TaskStatus.FINISHED
        if self.work is WorkState.UNACKED:
            return TaskStatus.WITH_WORKER
        if self.publish is PublishState.RETURNED:
            return TaskStatus.RETURNED
        if self.deliveries:
            return TaskStatus.REQUEUED
        return _STATUS_BEFORE_DELIVERY[self.publish]

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen to it, as far as we would see.

        Of a stranger's task that went back to the queue we may hear no more:
        without a message_id it cannot be recognised when it is delivered again.
        """
        is_foreign = self.publish is PublishState.UNKNOWN and self.work is WorkState.WAITING
        return is_foreign or self.status in SETTLED


_STATUS_BEFORE_DELIVERY = {
    PublishState.UNKNOWN: TaskStatus.CONFIRMED,
    PublishState.ACCEPTED: TaskStatus.ACCEPTED,
    PublishState.IN_FLIGHT: TaskStatus.SENT,
    PublishState.CONFIRMED: TaskStatus.CONFIRMED,
    PublishState.NACKED: TaskStatus.LOST,
    PublishState.RETURNED: TaskStatus.RETURNED,
}


class TaskBoard(Projection):
    """The state of all tasks. Feed it events; read it.

    Attributes:
        tasks: Every task by its id, oldest first.
        own_count: How many tasks we accepted.
        confirmed_count: How many of these the broker confirmed, and did not return.
        acked_count: How many acks our workers sent.
        requeued_count: How often a task went back to the queue.
    """

    def __init__(self) -> None:
        self.tasks: dict[TaskId, TaskState] = {}
        self.own_count = 0
        self.confirmed_count = 0
        self.acked_count = 0
        self.requeued_count = 0
        self._ready: dict[TaskId, int] = {}
        self._ready_in_order = True
        self._unacked: dict[TaskId, int] = {}
        super().__init__(
            {
                TaskAccepted: self._on_accepted,
                TaskPublished: self._on_published,
                TaskConfirmed: self._advance,
                TaskDelivered: self._on_delivered,
                TaskFinished: self._advance,
                TaskAcked: self._on_acked,
                TaskRequeued: self._on_requeued,
                TaskNacked: self._leave_queue,
                TaskReturned: self._on_returned,
                TaskUnconfirmed: self._leave_queue,
                TaskLost: self._on_lost,
                TaskRanTwice: self._on_ran_twice,
            }
        )

    @property
    def ready_count(self) -> int:
        """How many tasks wait in the queue, as far as we saw."""
        return len(self._ready)

    @property
    def unacked_count(self) -> int:
        """How many tasks are delivered and not acked: the broker keeps each until its ack."""
        return len(self._unacked)

    def ready(self, limit: int) -> list[TaskState]:
        """Return the first `limit` waiting tasks, head of the queue first."""
        if not self._ready_in_order:
            # A requeued task takes its old place, before all that came after it.
            self._ready = dict(sorted(self._ready.items(), key=lambda item: item[1]))
            self._ready_in_order = True
        return [self.tasks[task_id] for task_id in islice(self._ready, limit)]

    def unacked(self, limit: int) -> list[TaskState]:
        """Return the first `limit` un-acked tasks, longest held first."""
        return [self.tasks[task_id] for task_id in islice(self._unacked, limit)]

    def newest(self, limit: int) -> list[TaskState]:
        """Return the last `limit` tasks that became known, newest first."""
        return [self.tasks[task_id] for task_id in islice(reversed(self.tasks), limit)]

    def unsettled(self) -> Iterator[TaskState]:
        """Yield every task to which something will still happen."""
        return (task for task in self.tasks.values() if not task.is_settled)

    def unconfirmed(self) -> Iterator[TaskState]:
        """Yield every task that we accepted and the broker has not taken responsibility for."""
        return (
            task
            for task in self.tasks.values()
            if task.publish in (PublishState.ACCEPTED, PublishState.IN_FLIGHT) and not task.is_settled
        )

    # --- one handler for each event that has one ------------------------------------------

    def _on_accepted(self, event: TaskAccepted) -> None:
        self._state(event.task_id).text = event.text
        self._advance(event)

    def _on_published(self, event: TaskPublished) -> None:
        task = self._advance(event)
        task.persistent = event.persistent
        task.lost = False
        if task.work is WorkState.WAITING:
            self._enter_queue(task)

    def _on_delivered(self, event: TaskDelivered) -> None:
        task = self._advance(event)
        task.text = task.text or event.text
        task.worker_id, task.redelivered = event.worker_id, event.redelivered
        task.persistent = event.persistent
        task.deliveries += 1
        task.lost = False
        self._ready.pop(task.task_id, None)
        self._unacked[task.task_id] = task.number

    def _on_acked(self, event: TaskAcked) -> None:
        self._advance(event)
        self._unacked.pop(event.task_id, None)
        self.acked_count += 1

    def _on_requeued(self, event: TaskRequeued) -> None:
        task = self._state(event.task_id)
        if task.worker_id != event.worker_id:
            return  # a second copy of it is with another worker by now
        self._advance(event)
        self._unacked.pop(task.task_id, None)
        self._enter_queue(task)
        self.requeued_count += 1

    def _on_returned(self, event: TaskReturned) -> None:
        self._leave_queue(event).returned_text = f"{event.reply_code} {event.reply_text}"

    def _on_lost(self, event: TaskLost) -> None:
        self._leave_queue(event).lost = True
        self._unacked.pop(event.task_id, None)

    def _on_ran_twice(self, event: TaskRanTwice) -> None:
        self._state(event.task_id).ran_twice = True

    def _leave_queue(self, event: TaskEvent) -> TaskState:
        self._ready.pop(event.task_id, None)
        return self._advance(event)

    def _enter_queue(self, task: TaskState) -> None:
        if task.publish is PublishState.UNKNOWN:
            return  # a stranger's; see TaskState.is_settled
        if self._ready and task.number < next(reversed(self._ready.values())):
            self._ready_in_order = False
        self._ready[task.task_id] = task.number

    def _advance(self, event: TaskEvent) -> TaskState:
        task = self._state(event.task_id)
        publish = PUBLISH_TRANSITIONS.get((task.publish, type(event)), task.publish)
        if publish is not task.publish:
            self.own_count += task.publish is PublishState.UNKNOWN
            self.confirmed_count += publish is PublishState.CONFIRMED
            task.publish = publish
        task.work = WORK_TRANSITIONS.get((task.work, type(event)), task.work)
        return task

    def _state(self, task_id: TaskId) -> TaskState:
        task = self.tasks.get(task_id)
        if task is None:
            task = self.tasks[task_id] = TaskState(task_id, "", len(self.tasks) + 1)
        return task
