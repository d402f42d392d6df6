"""One task: the two lifelines that it has, as it stands.

A task has two lifelines: its publisher's (sent, confirmed) and its
consumers' (waiting, un-acked, acked). The broker orders neither against the
other: a task may be delivered before its confirm arrives. Hence two tables.
"""

from dataclasses import dataclass
from enum import Enum, auto

from workq_gui.core.events import (
    TaskAccepted,
    TaskAcked,
    TaskConfirmed,
    TaskDelivered,
    TaskEvent,
    TaskFinished,
    TaskId,
    TaskNacked,
    TaskPublished,
    TaskReturned,
    TaskUnconfirmed,
    WorkerId,
)
from workq_gui.core.verdicts import TaskDeadLettered, TaskRequeued


class PublishState(Enum):
    """Where a task is on its way from us to the broker."""

    UNKNOWN = auto()  # somebody else published it
    SEEN = auto()  # somebody else published it, and we saw that
    ACCEPTED = auto()
    IN_FLIGHT = auto()
    CONFIRMED = auto()
    NACKED = auto()
    RETURNED = auto()
    BLIND = auto()  # sent without confirms: nobody learns more
    __hash__ = object.__hash__  # Enum's own is slow, and this is asked for with every event


class WorkState(Enum):
    """Where a task is on its way through the queue and the workers."""

    WAITING = auto()
    UNACKED = auto()
    TRUSTED = auto()  # auto-ack, or acked too early: the broker has forgotten it, the worker has it
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
    (PublishState.BLIND, TaskReturned): PublishState.RETURNED,
    (PublishState.RETURNED, TaskUnconfirmed): PublishState.ACCEPTED,
}

WORK_TRANSITIONS: dict[tuple[WorkState, type[TaskEvent]], WorkState] = {
    (WorkState.WAITING, TaskDelivered): WorkState.UNACKED,
    (WorkState.UNACKED, TaskDelivered): WorkState.UNACKED,  # published twice: a second copy
    (WorkState.UNACKED, TaskFinished): WorkState.FINISHED,
    (WorkState.UNACKED, TaskAcked): WorkState.TRUSTED,  # acked before the work
    (WorkState.UNACKED, TaskRequeued): WorkState.WAITING,
    (WorkState.UNACKED, TaskDeadLettered): WorkState.WAITING,
    (WorkState.TRUSTED, TaskFinished): WorkState.ACKED,
    (WorkState.FINISHED, TaskRequeued): WorkState.WAITING,
    (WorkState.FINISHED, TaskDeadLettered): WorkState.WAITING,
    (WorkState.TRUSTED, TaskDelivered): WorkState.UNACKED,  # its early ack never arrived
    (WorkState.FINISHED, TaskDelivered): WorkState.UNACKED,
    (WorkState.FINISHED, TaskAcked): WorkState.ACKED,
    (WorkState.ACKED, TaskDelivered): WorkState.UNACKED,  # published twice, or the ack never arrived
    (WorkState.ACKED, TaskPublished): WorkState.WAITING,
}

SHOWN_ATTEMPTS = 8
SETTLED = (TaskStatus.DONE, TaskStatus.RETURNED, TaskStatus.LOST)


@dataclass(slots=True)
class TaskState:
    """One task as it stands. Only the board writes it.

    Attributes:
        number: Its place in the order in which tasks became known, from 1.
        queue: Where it is, or was last.
        redelivered: The broker's flag of the latest delivery.
        persistent: Whether its author asked for a place on disk.
        worker_id: Who holds it, or held it last.
        since_ns: When it came to where it is.
        delivered_ns: When the latest delivery came.
        attempts: Who received it, one after the other; the latest few.
        lost_cause: Why nobody will do it; empty if somebody will.
    """

    task_id: TaskId
    text: str
    number: int
    queue: str = ""
    publish: PublishState = PublishState.UNKNOWN
    work: WorkState = WorkState.WAITING
    worker_id: WorkerId | None = None
    deliveries: int = 0
    redelivered: bool = False
    persistent: bool = False
    since_ns: int = 0
    delivered_ns: int = 0
    attempts: tuple[WorkerId, ...] = ()
    lost_cause: str = ""
    ran_twice: bool = False
    returned_text: str = ""

    @property
    def status(self) -> TaskStatus:
        """Both lifelines in one word."""
        if self.work is WorkState.ACKED:
            return TaskStatus.DONE
        if self.lost_cause:
            return TaskStatus.LOST
        if self.work is WorkState.FINISHED:
            return TaskStatus.FINISHED
        if self.work in (WorkState.UNACKED, WorkState.TRUSTED):
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
    PublishState.SEEN: TaskStatus.CONFIRMED,
    PublishState.ACCEPTED: TaskStatus.ACCEPTED,
    PublishState.IN_FLIGHT: TaskStatus.SENT,
    PublishState.CONFIRMED: TaskStatus.CONFIRMED,
    PublishState.NACKED: TaskStatus.LOST,
    PublishState.RETURNED: TaskStatus.RETURNED,
    PublishState.BLIND: TaskStatus.SENT,
}
