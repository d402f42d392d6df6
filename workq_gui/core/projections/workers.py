"""What each worker does."""

from enum import Enum, auto
from math import ceil
from typing import Any, NamedTuple

from workq_gui.core.events import (
    ConnectionFailed,
    ConnectionLost,
    TaskAcked,
    TaskDelivered,
    TaskEvent,
    TaskFinished,
    TaskId,
    TaskProgressed,
    TaskRejected,
    WorkerAdded,
    WorkerCrashed,
    WorkerFroze,
    WorkerId,
    WorkerRemoved,
    WorkersHeld,
    WorkersReleased,
    WorkerStarted,
    WorkerStopped,
    WorkerThawed,
)
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.tasks import count_dots
from workq_gui.core.verdicts import TaskLost, TaskRequeued

NS_PER_S = 1_000_000_000


class WorkerStatus(Enum):
    """What a worker does, in one word."""

    CONNECTING = auto()
    WAITING = auto()
    WORKING = auto()
    FINISHED = auto()  # and not acked yet
    FROZEN = auto()
    RECONNECTING = auto()
    CRASHED = auto()
    STOPPED = auto()


RUNNING = frozenset(
    {
        WorkerStatus.CONNECTING,
        WorkerStatus.WAITING,
        WorkerStatus.WORKING,
        WorkerStatus.FINISHED,
        WorkerStatus.FROZEN,
        WorkerStatus.RECONNECTING,
    }
)
"""The states in which a worker can be stopped or crashed; in the others it can be restarted or removed."""


class WorkerView(NamedTuple):
    """All that a picture of a worker shows; equal views look equal.

    A tuple and no dataclass: three of its fields change with every event, and a copy of a frozen
    dataclass takes four times as long.

    Attributes:
        since_ns: When the status began.
        queues: What it takes from.
        auto_ack: Whether the broker forgets a message as soon as it has sent it to this worker.
        is_held: Whether the user holds the workers: it stops before its next dot, at `fraction_limit`.
        task_id: The task it works on, or None.
        delivery_tag: Of that task, on this worker's channel.
        work_s: How long that task takes, in seconds.
        fraction: How much of it was done at `fraction_at_ns`.
        acked_count: How many tasks it did, over all its lives.
        in_hand: What was delivered to it and is neither done nor gone; it works on the first.
        requeued_count: How many tasks went back to the queue when its latest life ended.
        lost_count: How many were lost with it, since the broker had forgotten them.
        note: Why it is not working, in the broker's or the system's words; may be empty.
    """

    worker_id: WorkerId
    status: WorkerStatus
    since_ns: int = 0
    queues: tuple[str, ...] = ()
    auto_ack: bool = False
    is_held: bool = False
    fraction_limit: float = 1.0
    task_id: TaskId | None = None
    text: str = ""
    delivery_tag: int = 0
    redelivered: bool = False
    work_s: float = 0.0
    fraction: float = 0.0
    fraction_at_ns: int = 0
    prefetch_count: int = 0
    acked_count: int = 0
    in_hand: tuple[TaskDelivered, ...] = ()
    requeued_count: int = 0
    lost_count: int = 0
    note: str = ""

    @property
    def in_hand_count(self) -> int:
        """How many tasks were delivered to it and are neither done nor gone."""
        return len(self.in_hand)

    @property
    def is_frozen(self) -> bool:
        """Whether it does nothing any more, and its connection is still open."""
        return self.status is WorkerStatus.FROZEN

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
        return min(self.fraction_limit, max(0.0, self.fraction + worked))


class Workers(Projection):
    """All workers that were added and not removed. Feed it events; read `views`.

    Attributes:
        views: The workers in the order in which they were added.
        changed_count: Grows with every change; equal means nothing to repaint.
        is_held: Whether the user holds them all.
    """

    def __init__(self) -> None:
        self.views: dict[WorkerId, WorkerView] = {}
        self.changed_count = 0
        self.is_held = False

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
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
            TaskRejected: self._on_rejected,
            TaskRequeued: self._on_requeued,
            TaskLost: self._on_lost,
            WorkerFroze: self._on_froze,
            WorkerThawed: self._on_thawed,
            WorkersHeld: self._on_held,
            WorkersReleased: self._on_released,
        }

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
            is_held=self.is_held,
            acked_count=old.acked_count if old else 0,
        )
        self.changed_count += 1

    def _on_started(self, event: WorkerStarted) -> None:
        view = self.views.get(event.worker_id)
        if view is None:
            return
        is_more = view.status in (
            WorkerStatus.WAITING,
            WorkerStatus.WORKING,
        )  # one more queue of the same life
        self._replace(
            view,
            status=view.status if is_more else WorkerStatus.WAITING,
            since_ns=view.since_ns if is_more else event.at_ns,
            queues=(*(name for name in view.queues if name != event.queue), event.queue),
            prefetch_count=event.prefetch_count,
            auto_ack=event.auto_ack,
            note="",
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
        view = self.views.get(event.worker_id)
        if view is None:
            return
        if view.in_hand:
            self._replace(view, in_hand=(*view.in_hand, event))
        else:
            self._work_on(view, (event,), event.at_ns)

    def _on_progressed(self, event: TaskProgressed) -> None:
        view = self.views.get(event.worker_id)
        if view is not None:
            self._replace(view, fraction=event.fraction, fraction_at_ns=event.at_ns)

    def _on_finished(self, event: TaskFinished) -> None:
        view = self.views.get(event.worker_id)
        if view is None:
            return
        if view.auto_ack:
            self._go_on(view, event, acked_count=view.acked_count + 1)
        else:
            self._set(
                event.worker_id, event.at_ns, WorkerStatus.FINISHED, fraction=1.0, fraction_at_ns=event.at_ns
            )

    def _on_acked(self, event: TaskAcked) -> None:
        view = self.views.get(event.worker_id)
        if view is not None:
            self._go_on(view, event, acked_count=view.acked_count + 1)

    def _on_rejected(self, event: TaskRejected) -> None:
        view = self.views.get(event.worker_id)
        if view is not None:
            self._go_on(view, event)

    def _on_requeued(self, event: TaskRequeued) -> None:
        view = self.views.get(event.worker_id)
        if view is not None and event.cause != "nacked":
            self._replace(view, requeued_count=view.requeued_count + 1)

    def _on_lost(self, event: TaskLost) -> None:
        view = self.views.get(WorkerId(event.place))
        if view is not None and not view.is_running:
            self._replace(view, lost_count=view.lost_count + 1)

    def _on_froze(self, event: WorkerFroze) -> None:
        view = self.views.get(event.worker_id)
        if view is not None:
            self._set(
                event.worker_id, event.at_ns, WorkerStatus.FROZEN, fraction=view.fraction_at(event.at_ns)
            )

    def _on_thawed(self, event: WorkerThawed) -> None:
        view = self.views.get(event.worker_id)
        if view is not None and view.is_frozen:
            status = WorkerStatus.WORKING if view.in_hand else WorkerStatus.WAITING
            self._set(event.worker_id, event.at_ns, status, fraction_at_ns=event.at_ns)

    def _on_held(self, event: WorkersHeld) -> None:
        self.is_held = True
        for view in list(self.views.values()):
            dots = max(1, count_dots(view.text))
            limit = min(1.0, ceil(view.fraction_at(event.at_ns) * dots - 1e-6) / dots)
            self._replace(view, is_held=True, fraction_limit=limit)

    def _on_released(self, event: WorkersReleased) -> None:
        self.is_held = False
        for view in list(self.views.values()):
            self._replace(
                view,
                is_held=False,
                fraction_limit=1.0,
                fraction=view.fraction_at(event.at_ns),
                fraction_at_ns=event.at_ns,
            )

    def _go_on(self, view: WorkerView, event: TaskEvent, **changes: object) -> None:
        """The task has left its hands: take the next one, if it has one."""
        in_hand = tuple(task for task in view.in_hand if task.task_id != event.task_id)
        if in_hand:
            self._work_on(view, in_hand, event.at_ns, **changes)
        else:
            self._replace(
                view,
                status=WorkerStatus.WAITING,
                since_ns=event.at_ns,
                in_hand=(),
                task_id=None,
                fraction=0.0,
                **changes,
            )

    def _work_on(
        self, view: WorkerView, in_hand: tuple[TaskDelivered, ...], at_ns: int, **changes: object
    ) -> None:
        task = in_hand[0]
        self._replace(
            view,
            status=WorkerStatus.WORKING,
            since_ns=at_ns,
            in_hand=in_hand,
            task_id=task.task_id,
            text=task.text,
            delivery_tag=task.delivery_tag,
            redelivered=task.redelivered,
            work_s=task.work_s,
            fraction=0.0,
            fraction_at_ns=at_ns,
            fraction_limit=0.0 if view.is_held else 1.0,
            **changes,
        )

    def _end(self, worker_id: WorkerId, at_ns: int, status: WorkerStatus, note: str) -> None:
        self._set(
            worker_id,
            at_ns,
            status,
            in_hand=(),
            task_id=None,
            fraction=0.0,
            requeued_count=0,
            lost_count=0,
            note=note,
        )

    def _set(self, worker_id: WorkerId, at_ns: int, status: WorkerStatus, **changes: object) -> None:
        view = self.views.get(worker_id)
        if view is not None:
            self._replace(view, status=status, since_ns=at_ns, **changes)

    def _replace(self, view: WorkerView, **changes: Any) -> None:
        self.views[view.worker_id] = view._replace(**changes)
        self.changed_count += 1
