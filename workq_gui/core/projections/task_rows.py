"""Every task of a session with its whole life in one row: what the table of tasks is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from workq_gui.core.events import (
    Event,
    TaskAcked,
    TaskConfirmed,
    TaskDelivered,
    TaskEvent,
    TaskFinished,
    TaskId,
    TaskPublished,
    WorkerId,
)
from workq_gui.core.foreign_as_ours import tasks_as_ours
from workq_gui.core.foreign_events import ForeignAcked, ForeignDelivered, ForeignPublished
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.core.projections.task_state import TaskState, TaskStatus, WorkState
from workq_gui.core.verdicts import TaskPresumedDone

OUTCOMES = {
    TaskStatus.ACCEPTED: "unsent",
    TaskStatus.SENT: "ready",
    TaskStatus.CONFIRMED: "ready",
    TaskStatus.REQUEUED: "ready",
    TaskStatus.WITH_WORKER: "un-acked",
    TaskStatus.FINISHED: "un-acked",
    TaskStatus.DONE: "acked",
    TaskStatus.RETURNED: "returned",
    TaskStatus.LOST: "lost",
}


@dataclass(slots=True)
class TaskRow:
    """One task.

    Attributes:
        task: Where it stands.
        published_ns: When it was published first; None if nobody saw that. The others likewise.
        delivered_ns: When it came to a worker first...
        begun_ns: ...and when it came to the worker that has, or had, it last.
        finished_ns: When it was done last.
        workers: Who received it, each once, in that order.
        redelivered_count: How many deliveries carried the broker's redelivered flag.
    """

    task: TaskState
    published_ns: int | None = None
    confirmed_ns: int | None = None
    delivered_ns: int | None = None
    begun_ns: int | None = None
    finished_ns: int | None = None
    acked_ns: int | None = None
    workers: tuple[WorkerId, ...] = ()
    redelivered_count: int = 0

    @property
    def outcome(self) -> str:
        """What became of it, in one word."""
        status = self.task.status
        if status is TaskStatus.WITH_WORKER and self.task.work is WorkState.TRUSTED:
            return "with a worker, and forgotten by the broker"
        return OUTCOMES[status]

    @property
    def waiting_ns(self) -> int | None:
        """How long it waited for its first worker."""
        if self.published_ns is None or self.delivered_ns is None:
            return None
        return max(0, self.delivered_ns - self.published_ns)

    @property
    def working_ns(self) -> int | None:
        """How long the worker that did it last had it until it was done."""
        if self.begun_ns is None or self.finished_ns is None or self.finished_ns < self.begun_ns:
            return None
        return self.finished_ns - self.begun_ns


class TaskRows(Projection):
    """All tasks that the events tell of, settled ones too. Feed it events; read `rows`.

    Attributes:
        rows: Every task by its id, in the order in which they became known.
    """

    def __init__(self) -> None:
        self.rows: dict[TaskId, TaskRow] = {}
        self._board = TaskBoard()

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {kind: partial(self._take, handle) for kind, handle in self._board.handlers.items()}

    def _take(self, handle: Callable[[Any], object], event: Event) -> None:
        handle(event)
        if not isinstance(event, TaskEvent):
            return
        task = self._board.tasks.get(event.task_id)
        if task is None:
            return
        row = self.rows.get(event.task_id)
        if row is None:
            row = self.rows[event.task_id] = TaskRow(task)
        row.task = task
        if isinstance(event, ForeignDelivered | ForeignAcked | TaskPresumedDone):
            for ours in tasks_as_ours(event):
                _note(row, ours)
        else:
            _note(row, event)


def _note(row: TaskRow, event: Event) -> None:
    match event:
        case TaskPublished() | ForeignPublished():
            row.published_ns = event.at_ns if row.published_ns is None else row.published_ns
        case TaskConfirmed():
            row.confirmed_ns = event.at_ns if row.confirmed_ns is None else row.confirmed_ns
        case TaskDelivered():
            row.delivered_ns = event.at_ns if row.delivered_ns is None else row.delivered_ns
            row.begun_ns = event.at_ns
            row.redelivered_count += event.redelivered
            if event.worker_id not in row.workers:
                row.workers = (*row.workers, event.worker_id)
        case TaskFinished():
            row.finished_ns = event.at_ns
        case TaskAcked():
            row.acked_ns = event.at_ns
