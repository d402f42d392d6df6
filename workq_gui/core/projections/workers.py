"""What each worker does."""

from math import ceil
from typing import Any

from workq_gui.core.events import (
    BrokerStopped,
    ConnectionFailed,
    ConnectionLost,
    TaskAcked,
    TaskDelivered,
    TaskEvent,
    TaskFinished,
    TaskProgressed,
    TaskRejected,
    WorkerAdded,
    WorkerChannelClosed,
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
from workq_gui.core.fault_events import BrokerFroze, BrokerThawed, ChaosStarted, ChaosStopped, NetworkChanged
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.core.tasks import count_dots
from workq_gui.core.verdicts import TaskLost, TaskRequeued

PLACE_OF = {name: place for place, name in enumerate(WorkerView._fields)}


class Workers(Projection):
    """All workers that were added and not removed. Feed it events; read `views`.

    Attributes:
        views: The workers in the order in which they were added.
        changed_count: Grows with every change; equal means nothing to repaint.
        is_held: Whether the user holds them all.
        is_chaos: Whether something breaks one of them every few seconds.
        is_broker_frozen: Whether nobody answers them, with their connections open.
    """

    def __init__(self) -> None:
        self.views: dict[WorkerId, WorkerView] = {}
        self.changed_count = 0
        self.is_held = False
        self.is_chaos = False
        self.is_broker_frozen = False

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            WorkerAdded: self._on_added,
            WorkerStarted: self._on_started,
            WorkerStopped: self._on_stopped,
            WorkerCrashed: self._on_crashed,
            WorkerChannelClosed: self._on_channel_closed,
            NetworkChanged: self._on_network_changed,
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
            ChaosStarted: lambda _: self._set_chaos(True),
            ChaosStopped: lambda _: self._set_chaos(False),
            BrokerFroze: lambda _: self._set_broker_frozen(True),
            BrokerThawed: lambda _: self._set_broker_frozen(False),
            BrokerStopped: lambda _: self._set_broker_frozen(False),
        }

    @property
    def running_count(self) -> int:
        """How many workers have not ended."""
        return sum(view.is_running for view in self.views.values())

    @property
    def is_any_working(self) -> bool:
        """Whether a picture of the workers changes by time alone."""
        return any(view.status is WorkerStatus.WORKING for view in self.views.values())

    def _set_chaos(self, is_chaos: bool) -> None:
        self.is_chaos = is_chaos

    def _set_broker_frozen(self, is_frozen: bool) -> None:
        self.is_broker_frozen = is_frozen
        for view in list(self.views.values()):
            if view.is_unanswered != is_frozen:
                self._replace(view, is_unanswered=is_frozen)

    def _on_added(self, event: WorkerAdded) -> None:
        old = self.views.get(event.worker_id)
        self.views[event.worker_id] = WorkerView(
            event.worker_id,
            WorkerStatus.CONNECTING,
            event.at_ns,
            is_held=self.is_held,
            is_unanswered=self.is_broker_frozen,
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
            ack=event.ack,
            naive_sleep=event.naive_sleep,
            slowness=event.slowness,
            crashes_on=event.crashes_on,
            heartbeat_s=event.heartbeat_s,
            behind_relay=event.behind_relay,
            note="",
        )

    def _on_stopped(self, event: WorkerStopped) -> None:
        self._end(event.worker_id, event.at_ns, WorkerStatus.STOPPED, event.reason)

    def _on_crashed(self, event: WorkerCrashed) -> None:
        self._end(event.worker_id, event.at_ns, WorkerStatus.CRASHED, event.reason)

    def _on_channel_closed(self, event: WorkerChannelClosed) -> None:
        view = self.views.get(event.worker_id)
        if event.is_consuming:
            self._end(event.worker_id, event.at_ns, WorkerStatus.CHANNEL_CLOSED, event.reason)
        elif view is not None:
            self._replace(view, note=event.reason)

    def _on_network_changed(self, event: NetworkChanged) -> None:
        view = self.views.get(event.worker_id)
        if view is not None:
            self._replace(view, network=event.state)

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
        if view.acks_early:
            self._go_on(view, event, acked_count=view.acked_count + 1)
        elif view.ack in ("never", "other channel"):
            self._leave_unacked(view, event)
        else:
            self._set(
                event.worker_id, event.at_ns, WorkerStatus.FINISHED, fraction=1.0, fraction_at_ns=event.at_ns
            )

    def _on_acked(self, event: TaskAcked) -> None:
        view = self.views.get(event.worker_id)
        if view is not None and not view.acks_early:
            self._go_on(view, event, acked_count=view.acked_count + 1)

    def _leave_unacked(self, view: WorkerView, event: TaskFinished) -> None:
        """It is done, and no ack follows: take the next one, if it has one."""
        done = tuple(task for task in view.in_hand if task.task_id == event.task_id)
        rest = tuple(task for task in view.in_hand if task.task_id != event.task_id)
        forgotten = (*view.forgotten, *done)
        if rest:
            self._work_on(view, rest, event.at_ns, forgotten=forgotten)
        else:
            self._replace(
                view,
                status=WorkerStatus.FINISHED,
                since_ns=event.at_ns,
                in_hand=(),
                forgotten=forgotten,
                fraction=1.0,
                fraction_at_ns=event.at_ns,
            )

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
            forgotten=(),
            note=note,
        )

    def _set(self, worker_id: WorkerId, at_ns: int, status: WorkerStatus, **changes: object) -> None:
        view = self.views.get(worker_id)
        if view is not None:
            self._replace(view, status=status, since_ns=at_ns, **changes)

    def _replace(self, view: WorkerView, **changes: Any) -> None:
        # Faster than `view._replace`, which looks for a change of each field: every task costs four of these.
        values = list(view)
        for name, value in changes.items():
            values[PLACE_OF[name]] = value
        self.views[view.worker_id] = WorkerView._make(values)
        self.changed_count += 1
