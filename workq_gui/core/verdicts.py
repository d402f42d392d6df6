"""What follows from facts: computed by `core.judge`, in live and in replay alike, and never stored."""

from dataclasses import dataclass

from workq_gui.core.events import TaskEvent, WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRequeued(TaskEvent):
    """Verdict: the task is ready again, since its worker's connection ended before the ack, or it was nacked.

    Attributes:
        cause: "crashed", "stopped", "connection lost", "left" where the redelivery was seen first, or
            "nacked": then the worker lives.
    """

    worker_id: WorkerId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDeadLettered(TaskEvent):
    """Verdict: the broker moved the task to a dead-letter queue, since its worker rejected it for good."""

    worker_id: WorkerId
    queue: str


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


VERDICTS = (TaskRequeued, TaskDeadLettered, TaskLost, TaskRanTwice)
