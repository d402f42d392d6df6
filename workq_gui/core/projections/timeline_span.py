"""One delivery of one task to one worker, as a timeline knows it."""

from enum import StrEnum

from workq_gui.core.events import TaskDelivered
from workq_gui.core.tasks import count_dots

KINDS_COUNT = 7
"""Tasks are told apart by so many colours: the number of dots, modulo this."""
NS_PER_S = 1_000_000_000


class Ending(StrEnum):
    """How a worker came to have a task no more."""

    OPEN = ""
    ACKED = "acked"
    FINISHED = "finished"  # and no ack was due: auto-ack, or acked before the work
    REJECTED = "rejected"
    PUT_BACK = "put back"  # nacked, with requeue
    CRASHED = "crashed"
    STOPPED = "stopped"
    CONNECTION_LOST = "connection lost"
    CHANNEL_CLOSED = "channel closed"
    LEFT = "left"  # the broker gave it to another, and nobody heard why


BROKEN_OFF = frozenset(
    {Ending.CRASHED, Ending.STOPPED, Ending.CONNECTION_LOST, Ending.CHANNEL_CLOSED, Ending.LEFT}
)
"""The endings that nobody in the worker's code wanted: what was done by then is lost."""


class Fate(StrEnum):
    """What became of a task that a worker had and did not do."""

    UNKNOWN = ""
    KEPT = "kept"
    LOST = "lost"
    DEAD_LETTERED = "dead-lettered"


class Span:
    """One delivery of one task to one worker; written by the timeline alone.

    Attributes:
        worker_id: Whose it was.
        task_id: Which task.
        text: Its text, as delivered.
        kind: Which of the colours it has.
        start_ns: When it was delivered, by the session's clock; likewise the other times.
        work_ns: When the work on it began; None before that, or if it never did.
        finished_ns: When the work was done; None if it is not, or was broken off.
        end_ns: When the worker had it no more; None while it has.
        ending: How that came.
        fate: What became of the task, if it was not done.
        redelivered: The broker's flag: somebody may have seen it before.
        is_forgotten: The broker has forgotten it: by auto-ack, or since it was acked before the work.
        work_s: How long the work was to take, in seconds; 0 if nobody knows.
        frozen_ns: For how long of its work the worker was frozen.
        index: How many deliveries to the same worker came before.
    """

    __slots__ = (
        "end_ns",
        "ending",
        "fate",
        "finished_ns",
        "frozen_ns",
        "index",
        "is_forgotten",
        "kind",
        "redelivered",
        "start_ns",
        "task_id",
        "text",
        "work_ns",
        "work_s",
        "worker_id",
    )

    def __init__(self, event: TaskDelivered) -> None:
        self.worker_id = event.worker_id
        self.task_id = event.task_id
        self.text = event.text
        self.kind = count_dots(event.text) % KINDS_COUNT
        self.start_ns = event.at_ns
        self.work_ns: int | None = None
        self.finished_ns: int | None = None
        self.end_ns: int | None = None
        self.ending = Ending.OPEN
        self.fate = Fate.UNKNOWN
        self.redelivered = event.redelivered
        self.is_forgotten = event.auto_ack
        self.work_s = event.work_s
        self.frozen_ns = 0
        self.index = 0

    @property
    def is_broken_off(self) -> bool:
        """Whether its work was begun and not brought to an end."""
        return self.finished_ns is None and self.ending not in (Ending.OPEN, Ending.ACKED, Ending.FINISHED)

    @property
    def bar_end_ns(self) -> int | None:
        """When the work ended, in whichever way; None while it goes on."""
        return self.end_ns if self.finished_ns is None else self.finished_ns

    @property
    def worked_ns(self) -> int:
        """For how long it was worked on, as far as it has ended; 0 if nobody could know."""
        end_ns = self.bar_end_ns
        if self.work_ns is None or end_ns is None or self.work_s <= 0:
            return 0
        return max(0, min(end_ns - self.work_ns - self.frozen_ns, round(self.work_s * NS_PER_S)))
