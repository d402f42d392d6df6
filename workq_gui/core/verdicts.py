"""What follows from facts: computed by `core.judge`, in live and in replay alike, and never stored."""

from dataclasses import dataclass

from workq_gui.core.events import TaskEvent, WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRequeued(TaskEvent):
    """Verdict: the task is ready again, since its worker's connection ended before the ack, or it was nacked.

    Attributes:
        cause: "crashed", "stopped", "connection lost", "channel closed", "left" where the redelivery was
            seen first, or "nacked": then the worker lives.
    """

    worker_id: WorkerId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDeadLettered(TaskEvent):
    """Verdict: the broker moved the task to a dead-letter queue.

    Attributes:
        queue: The dead-letter queue.
        cause: "rejected", or "delivery limit".
    """

    worker_id: WorkerId
    queue: str
    cause: str = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLost(TaskEvent):
    """Verdict: nobody will do the task.

    Attributes:
        cause: In words.
        place: Where it was: "producer", "exchange", "queue", or the WorkerId of the worker that had it.
    """

    cause: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRanTwice(TaskEvent):
    """Verdict: finished by `first`, and now finished by `second`.

    Attributes:
        cause: In words: the first ack never arrived, or there were two copies.
    """

    first: WorkerId
    second: WorkerId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPresumedDone(TaskEvent):
    """Verdict: a worker of somebody else had the task, is gone, and the task did not come back.

    Only where the broker tells nobody of acks.
    """

    client: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWasDone(TaskEvent):
    """Verdict: the task seemed to be back in its queue, and the broker has it no more: its ack had arrived.

    So it is after a delivery that a broken network brought too late.
    """


VERDICTS = (TaskRequeued, TaskDeadLettered, TaskLost, TaskRanTwice, TaskPresumedDone, TaskWasDone)
