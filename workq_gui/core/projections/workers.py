"""What each worker does."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from workq_gui.core.events import (
    ConnectionFailed,
    ConnectionLost,
    TaskAcked,
    TaskDelivered,
    TaskFinished,
    TaskId,
    TaskProgressed,
    TaskRequeued,
    WorkerAdded,
    WorkerCrashed,
    WorkerId,
    WorkerRemoved,
    WorkerStarted,
    WorkerStopped,
)
from workq_gui.core.projections.projection import Projection

NS_PER_S = 1_000_000_000


class WorkerStatus(Enum):
    """What a worker does, in one word."""

    CONNECTING = auto()
    WAITING = auto()
    WORKING = auto()
    FINISHED = auto()  # and not acked yet
    RECONNECTING = auto()
    CRASHED = auto()
    STOPPED = auto()


RUNNING = frozenset(
    {
        WorkerStatus.CONNECTING,
        WorkerStatus.WAITING,
        WorkerStatus.WORKING,
        WorkerStatus.FINISHED,
        WorkerStatus.RECONNECTING,
    }
)
"""The states in which a worker can be stopped or crashed; in the others it can be restarted or removed."""


@dataclass(frozen=True, slots=True)
class WorkerView:
    """All that a picture of a worker shows; equal views look equal.

    Attributes:
        since_ns: When the status began.
        task_id: The task it holds un-acked, or None.
        delivery_tag: Of that task, on this worker's channel.
        work_s: How long that task takes, in seconds.
        fraction: How much of it was done at `fraction_at_ns`.
        acked_count: How many tasks it did, over all its lives.
        requeued_count: How many tasks went back to the queue when its latest life ended.
        note: Why it is not working, in the broker's or the system's words; may be empty.
    """

    worker_id: WorkerId
    status: WorkerStatus
    since_ns: int = 0
    task_id: TaskId | None = None
    text: str = ""
    delivery_tag: int = 0
    redelivered: bool = False
    work_s: float = 0.0
    fraction: float = 0.0
    fraction_at_ns: int = 0
    prefetch_count: int = 0
    acked_count: int = 0
    requeued_count: int = 0
    note: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it can be stopped or crashed."""
        return self.status in RUNNING

    def fraction_at(self, at_ns: int) -> float:
        """Return how much of the task is done at `at_ns`, 0.0 to 1.0."""
        if self.status is WorkerStatus.FINISHED:
            return 1.0
        if self.status is not WorkerStatus.WORKING:
            return self.fraction
        if self.work_s <= 0:
            return 1.0
        worked = (at_ns - self.fraction_at_ns) / (self.work_s * NS_PER_S)
        return min(1.0, max(0.0, self.fraction + worked))


class Workers(Projection):
    """All workers that were added and not removed. Feed it events; read `views`.

    Attributes:
        views: The workers in the order in which they were added.
        changed_count: Grows with every change; equal means nothing to repaint.
    """

    def __init__(self) -> None:
        self.views: dict[WorkerId, WorkerView] = {}
        self.changed_count = 0
        super().__init__(
            {
                WorkerAdded: self._on_added,
                WorkerStarted: self._on_started,
                WorkerStopped: self._on_stopped,
                WorkerCrashed: self._on_crashed,
                WorkerRemoved: self._on_removed,
                ConnectionLost: self._on_connection_lost,
                ConnectionFailed: self._on_connection_failed,
                TaskDelivered: self._on_delivered,
                TaskProgressed: self._on_progressed,
                TaskFinished: self._on_finished,
                TaskAcked: self._on_acked,
                TaskRequeued: self._on_requeued,
            }
        )

    @property
    def running_count(self) -> int:
        """How many workers have not ended."""
        return sum(view.is_running for view in self.views.values())

    @property
    def is_any_working(self) -> bool:
        """Whether a picture of the workers changes by time alone."""
        return any(view.status is WorkerStatus.WORKING for view in self.views.values())

    def _on_added(self, event: WorkerAdded) -> None:
        old = self.views.get(event.worker_id)
        self.views[event.worker_id] = WorkerView(
            event.worker_id,
            WorkerStatus.CONNECTING,
            event.at_ns,
            acked_count=old.acked_count if old else 0,
        )
        self.changed_count += 1

    def _on_started(self, event: WorkerStarted) -> None:
        self._set(
            event.worker_id, event.at_ns, WorkerStatus.WAITING, prefetch_count=event.prefetch_count, note=""
        )

    def _on_stopped(self, event: WorkerStopped) -> None:
        self._end(event.worker_id, event.at_ns, WorkerStatus.STOPPED, event.reason)

    def _on_crashed(self, event: WorkerCrashed) -> None:
        self._end(event.worker_id, event.at_ns, WorkerStatus.CRASHED, "")

    def _on_removed(self, event: WorkerRemoved) -> None:
        self.views.pop(event.worker_id, None)
        self.changed_count += 1

    def _on_connection_lost(self, event: ConnectionLost) -> None:
        self._end(WorkerId(event.owner), event.at_ns, WorkerStatus.RECONNECTING, event.reason)

    def _on_connection_failed(self, event: ConnectionFailed) -> None:
        self._set(WorkerId(event.owner), event.at_ns, WorkerStatus.RECONNECTING, note=event.reason)

    def _on_delivered(self, event: TaskDelivered) -> None:
        self._set(
            event.worker_id,
            event.at_ns,
            WorkerStatus.WORKING,
            task_id=event.task_id,
            text=event.text,
            delivery_tag=event.delivery_tag,
            redelivered=event.redelivered,
            work_s=event.work_s,
            fraction=0.0,
            fraction_at_ns=event.at_ns,
        )

    def _on_progressed(self, event: TaskProgressed) -> None:
        view = self.views.get(event.worker_id)
        if view is not None:
            self._replace(view, fraction=event.fraction, fraction_at_ns=event.at_ns)

    def _on_finished(self, event: TaskFinished) -> None:
        self._set(
            event.worker_id, event.at_ns, WorkerStatus.FINISHED, fraction=1.0, fraction_at_ns=event.at_ns
        )

    def _on_acked(self, event: TaskAcked) -> None:
        view = self.views.get(event.worker_id)
        if view is not None:
            self._replace(
                view,
                status=WorkerStatus.WAITING,
                since_ns=event.at_ns,
                task_id=None,
                fraction=0.0,
                acked_count=view.acked_count + 1,
            )

    def _on_requeued(self, event: TaskRequeued) -> None:
        view = self.views.get(event.worker_id)
        if view is not None:
            self._replace(view, requeued_count=view.requeued_count + 1)

    def _end(self, worker_id: WorkerId, at_ns: int, status: WorkerStatus, note: str) -> None:
        self._set(worker_id, at_ns, status, task_id=None, fraction=0.0, requeued_count=0, note=note)

    def _set(self, worker_id: WorkerId, at_ns: int, status: WorkerStatus, **changes: object) -> None:
        view = self.views.get(worker_id)
        if view is not None:
            self._replace(view, status=status, since_ns=at_ns, **changes)

    def _replace(self, view: WorkerView, **changes: Any) -> None:
        self.views[view.worker_id] = replace(view, **changes)
        self.changed_count += 1
