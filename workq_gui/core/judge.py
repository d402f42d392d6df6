"""Judges facts: what no client can see, derived from what clients saw.

A client never sees its task go back to the queue: it is gone by then. So
nobody reports it; this judge concludes it, in live and in replay alike.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from workq_gui.core.causes import (
    ACK_LOST,
    ACKED_EARLY,
    AUTO_ACK,
    DELIVERY_LIMIT,
    DONE_BEFORE,
    NO_QUEUE,
    PURGED,
    QUEUE_DELETED,
    REFUSED,
    REJECTED,
    TWO_COPIES,
    UNCONFIRMED,
)
from workq_gui.core.doubts import Doubts
from workq_gui.core.events import (
    PUBLISHER,
    BrokerStopped,
    ConnectionLost,
    ConnectionOpened,
    Event,
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
    WorkerChannelClosed,
    WorkerCrashed,
    WorkerId,
    WorkerStarted,
    WorkerStopped,
)
from workq_gui.core.holding import Holding
from workq_gui.core.projections.task_table import KEPT_TASKS
from workq_gui.core.queue_events import (
    QueueAdded,
    QueueDeclared,
    QueueMissing,
    QueueObserved,
    QueuePurged,
    RoutingKeyUnknown,
)
from workq_gui.core.queue_rules import QueueRules
from workq_gui.core.verdicts import TaskDeadLettered, TaskLost, TaskRanTwice, TaskRequeued, TaskWasDone
from workq_gui.core.waiting import Waiting

QUIET_NS = 1_000_000_000
"""What the broker counts is held against what we saw when nothing has come or gone for so long."""
PLACES = {UNCONFIRMED: "producer"}
"""Where a task was of which only the broker's count shows that it is gone; "queue" for other causes."""


class Judge:
    """Turns facts into verdicts. Feed it every fact that it has a handler for, once, in order.

    Attributes:
        handlers: What to conclude from a fact, by its type: the verdicts that follow from it.
        handlers_before: The same, for verdicts on what must have happened before the fact.
    """

    def __init__(self) -> None:
        self._holding = Holding()  # un-acked
        self._trusted: dict[WorkerId, dict[TaskId, None]] = {}  # with auto-ack: the broker has forgotten them
        self._waiting = Waiting()  # ours
        self._transient: dict[TaskId, None] = {}
        self._unroutable: set[TaskId] = set()
        self._missing: set[str] = set()
        self._rules = QueueRules()
        self._acks_early: set[WorkerId] = set()
        self._redelivered: set[TaskId] = set()
        self._doubts = Doubts()
        self._trusts: dict[WorkerId, set[str]] = {}  # the queues that a worker takes from with auto-ack
        self._ended: set[WorkerId] = set()
        self._connected_ns: dict[WorkerId, int] = {}
        self._stopped_ns = -1  # when the broker ended last
        self._finished_by: dict[TaskId, WorkerId] = {}
        self._finished: deque[TaskId] = deque()
        self._acked: set[TaskId] = set()
        self.handlers_before: dict[type[Event], Callable[[Any], list[Event]]] = {
            TaskDelivered: self._before_delivered
        }
        self.handlers = self._make_handlers()

    def _make_handlers(self) -> dict[type[Event], Callable[[Any], list[Event]]]:
        return {
            QueueAdded: self._on_queue_added,
            QueueDeclared: self._on_queue_declared,
            RoutingKeyUnknown: self._on_routing_key_unknown,
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
            WorkerStarted: self._on_worker_started,
            WorkerChannelClosed: self._on_channel_closed,
            WorkerCrashed: lambda e: self._end_of(e.worker_id, "crashed", e.at_ns),
            WorkerStopped: lambda e: self._end_of(e.worker_id, "stopped", e.at_ns),
            ConnectionOpened: self._on_connection_opened,
            ConnectionLost: self._on_connection_lost,
            BrokerStopped: self._on_broker_stopped,
        }

    # --- the publisher's side -----------------------------------------------------------------

    def _on_published(self, event: TaskPublished) -> list[Event]:
        if event.routing_key in self._missing and not event.mandatory:
            if not event.confirms:
                return [_lost(event.task_id, NO_QUEUE, "exchange", event.at_ns)]
            self._unroutable.add(event.task_id)
            return []
        self._waiting.enter(event.task_id, event.routing_key, event.at_ns)
        if not event.confirms:
            self._doubts.add_unconfirmed(event.task_id)
            if event.at_ns < self._stopped_ns:  # told late
                return self._doubt_unconfirmed(event.at_ns)
        if not event.persistent:
            self._transient[event.task_id] = None
        return []

    def _on_confirmed(self, event: TaskConfirmed) -> list[Event]:
        if event.task_id not in self._unroutable:
            return []
        self._unroutable.discard(event.task_id)
        return [_lost(event.task_id, NO_QUEUE, "exchange", event.at_ns)]

    def _on_left(self, event: TaskEvent) -> list[Event]:
        self._forget(event.task_id, event.at_ns)
        return []

    def _on_nacked(self, event: TaskNacked) -> list[Event]:
        self._forget(event.task_id, event.at_ns)
        return [_lost(event.task_id, REFUSED, "exchange", event.at_ns)]

    # --- the workers' side --------------------------------------------------------------------

    def _before_delivered(self, event: TaskDelivered) -> list[Event]:
        """A redelivery shows that the worker before has lost the task, even if it has not noticed yet."""
        if not event.redelivered:
            return []
        holder, _, _, since_ns = self._holding.latest(event.task_id)
        if holder in ("", event.worker_id) or since_ns > event.at_ns:
            return []
        self._holding.drop(holder, event.task_id)
        return [TaskRequeued(at_ns=event.at_ns, task_id=event.task_id, worker_id=holder, cause="left")]

    def _on_delivered(self, event: TaskDelivered) -> list[Event]:
        queue = self._waiting.leave(event.task_id, event.at_ns)
        self._doubts.find(event.task_id)
        if event.redelivered:
            self._redelivered.add(event.task_id)
        if event.auto_ack:
            self._transient.pop(event.task_id, None)
            self._doubts.discard(event.task_id)
            if event.worker_id in self._ended:  # it was on its way when the worker ended
                return [_lost(event.task_id, AUTO_ACK, event.worker_id, event.at_ns)]
            self._trusted.setdefault(event.worker_id, {})[event.task_id] = None
            return []
        if not self._holding.take(event, event.queue or queue):
            return []
        if not event.persistent:
            self._transient[event.task_id] = None
        return self._judge_late_delivery(event) if self._stopped_ns >= 0 else []

    def _judge_late_delivery(self, event: TaskDelivered) -> list[Event]:
        """It was delivered before the broker ended, and that is told after it.

        Threads keep no order, and a broken network may bring it late.
        """
        connected_ns = self._connected_ns.get(event.worker_id, event.at_ns)
        if event.at_ns >= self._stopped_ns and connected_ns >= self._stopped_ns:
            return []
        queue = self._holding.latest(event.task_id).queue
        cause = self._rules.fate_at_stop(queue, is_transient=event.task_id in self._transient)
        if not cause:
            return []
        self._forget(event.task_id, event.at_ns)
        self._holding.release(event.worker_id, event.task_id)
        return [_lost(event.task_id, cause, "queue", event.at_ns)]

    def _on_finished(self, event: TaskFinished) -> list[Event]:
        self._trusted.get(event.worker_id, {}).pop(event.task_id, None)
        first = self._finished_by.get(event.task_id)
        if first is None:
            self._finished_by[event.task_id] = event.worker_id
            self._forget_the_oldest(event.task_id)
            return []
        is_copy = event.task_id in self._acked and event.task_id not in self._redelivered
        cause = TWO_COPIES if is_copy else ACK_LOST
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
            self._redelivered.discard(oldest)

    def _on_acked(self, event: TaskAcked) -> list[Event]:
        task_id, worker_id = event.task_id, event.worker_id
        if not self._holding.has(worker_id, task_id):
            return []  # the broker had given it to another by then
        self._holding.release(worker_id, task_id)
        self._transient.pop(task_id, None)
        self._doubts.discard(task_id)
        self._acked.add(task_id)
        if task_id in self._waiting:
            # Another worker, which got it before, was the last to be heard of.
            self._doubts.doubt([task_id], DONE_BEFORE)
        if worker_id in self._acks_early:
            self._trusted.setdefault(worker_id, {})[task_id] = None
        return []

    def _on_rejected(self, event: TaskRejected) -> list[Event]:
        if not self._holding.has(event.worker_id, event.task_id):
            return []
        if event.requeue:
            return self._come_back(event.task_id, event.worker_id, "nacked", event.at_ns)
        return [self._leave_for_good(event.task_id, event.worker_id, "rejected", REJECTED, event.at_ns)]

    def _come_back(self, task_id: TaskId, worker_id: WorkerId, cause: str, at_ns: int) -> list[Event]:
        """The broker puts it back, unless that happened too often."""
        hold = self._holding.latest(task_id)
        if hold.worker_id != worker_id:
            self._holding.drop(worker_id, task_id)
            return []  # another has it by now
        if self._rules.is_beyond_limit(hold.queue, hold.delivery_count, cause):
            return [self._leave_for_good(task_id, worker_id, "delivery limit", DELIVERY_LIMIT, at_ns)]
        self._waiting.enter(task_id, self._holding.release(worker_id, task_id), at_ns)
        self._doubts.doubt_again(task_id)
        if task_id in self._acked:
            self._doubts.doubt([task_id], DONE_BEFORE)  # was that ack lost, or was this delivery an old one?
        return [TaskRequeued(at_ns=at_ns, task_id=task_id, worker_id=worker_id, cause=cause)]

    def _leave_for_good(
        self, task_id: TaskId, worker_id: WorkerId, why: str, lost_cause: str, at_ns: int
    ) -> Event:
        """The broker gives it up: to the dead-letter queue, if there is one."""
        if dead_letter_to := self._rules.dead_letter_to(self._holding.release(worker_id, task_id)):
            self._waiting.enter(task_id, dead_letter_to, at_ns)
            self._doubts.discard(task_id)
            return TaskDeadLettered(
                at_ns=at_ns, task_id=task_id, worker_id=worker_id, queue=dead_letter_to, cause=why
            )
        self._transient.pop(task_id, None)
        return _lost(task_id, lost_cause, worker_id, at_ns)

    def _on_worker_started(self, event: WorkerStarted) -> list[Event]:
        if event.ack == "before":
            self._acks_early.add(event.worker_id)
        else:
            self._acks_early.discard(event.worker_id)
        self._ended.discard(event.worker_id)
        if event.auto_ack:
            self._trusts.setdefault(event.worker_id, set()).add(event.queue)
        return []

    def _on_connection_opened(self, event: ConnectionOpened) -> list[Event]:
        self._connected_ns[WorkerId(event.owner)] = event.at_ns
        return []

    def _on_connection_lost(self, event: ConnectionLost) -> list[Event]:
        if event.owner == PUBLISHER:
            return self._doubt_unconfirmed(event.at_ns)
        return self._end_of(WorkerId(event.owner), "connection lost", event.at_ns)

    def _doubt_unconfirmed(self, at_ns: int) -> list[Event]:
        """Did what was sent arrive? Where there was no queue, its return did not."""
        verdicts: list[Event] = []
        for task_id in self._doubts.doubt_unconfirmed():
            if self._waiting.queue_of(task_id) in self._missing:
                self._forget(task_id, at_ns)
                verdicts.append(_lost(task_id, UNCONFIRMED, "exchange", at_ns))
        return verdicts

    def _on_channel_closed(self, event: WorkerChannelClosed) -> list[Event]:
        return self._end_of(event.worker_id, "channel closed", event.at_ns) if event.is_consuming else []

    def _end_of(self, worker_id: WorkerId, cause: str, at_ns: int) -> list[Event]:
        verdicts = []
        for task_id in self._holding.tasks_of(worker_id):
            verdicts += self._come_back(task_id, worker_id, cause, at_ns)
        lost_cause = ACKED_EARLY if worker_id in self._acks_early else AUTO_ACK
        self._ended.add(worker_id)
        for queue in self._trusts.pop(worker_id, ()):
            # What the broker had sent and the worker had not read: nobody has it now.
            self._doubts.doubt(self._waiting.tasks_in(queue), AUTO_ACK)
        lost = self._trusted.pop(worker_id, {})
        return verdicts + [_lost(task_id, lost_cause, worker_id, at_ns) for task_id in lost]

    # --- queues and the broker ----------------------------------------------------------------

    def _on_queue_added(self, event: QueueAdded) -> list[Event]:
        self._rules.add(event)
        return []

    def _on_queue_declared(self, event: QueueDeclared) -> list[Event]:
        self._rules.declare(event)
        return []

    def _on_routing_key_unknown(self, event: RoutingKeyUnknown) -> list[Event]:
        self._missing.add(event.routing_key)
        return []

    def _on_queue_observed(self, event: QueueObserved) -> list[Event]:
        self._missing.discard(event.queue)
        if not self._doubts.is_any_open or not self._waiting.is_quiet(event.queue, event.at_ns, QUIET_NS):
            return []
        gone = self._doubts.settle(self._waiting.tasks_in(event.queue), event.ready_count)
        for task_id, cause in gone:
            self._forget(task_id, event.at_ns)
            self._doubts.give_up([task_id], cause)
        return [_gone(task_id, cause, event.at_ns) for task_id, cause in gone]

    def _on_queue_missing(self, event: QueueMissing) -> list[Event]:
        self._missing.add(event.queue)
        gone = self._take_waiting(event.queue, event.at_ns)
        held = [task_id for task_id, queue in self._holding if queue in ("", event.queue)]
        for task_id in held:
            self._holding.release(self._holding.latest(task_id).worker_id, task_id)
        return [_lost(task_id, QUEUE_DELETED, "queue", event.at_ns) for task_id in (*gone, *held)]

    def _on_queue_purged(self, event: QueuePurged) -> list[Event]:
        gone = self._take_waiting(event.queue, event.at_ns)
        self._doubts.give_up(gone, PURGED)
        # What goes back just now may have been ready by then: the worker's end is told by another thread.
        self._doubts.doubt(self._holding.tasks_in(event.queue), PURGED)
        return [_lost(task_id, PURGED, "queue", event.at_ns) for task_id in gone]

    def _on_broker_stopped(self, event: BrokerStopped) -> list[Event]:
        """What is not on disk is gone: waiting or held, since what is held is only a copy of it."""
        verdicts = self._doubt_unconfirmed(event.at_ns)
        self._stopped_ns = event.at_ns
        gone = [
            (task_id, cause)
            for task_id, queue in (*self._waiting, *self._holding)
            if (cause := self._rules.fate_at_stop(queue, is_transient=task_id in self._transient))
        ]
        for task_id, _ in gone:
            self._forget(task_id, event.at_ns)
            if task_id in self._holding:
                self._holding.release(self._holding.latest(task_id).worker_id, task_id)
        return verdicts + [_lost(task_id, cause, "queue", event.at_ns) for task_id, cause in gone]

    def _take_waiting(self, queue: str, at_ns: int) -> list[TaskId]:
        gone = self._waiting.tasks_perhaps_in(queue)
        for task_id in gone:
            self._forget(task_id, at_ns)
        return gone

    def _forget(self, task_id: TaskId, at_ns: int) -> None:
        self._waiting.leave(task_id, at_ns)
        self._transient.pop(task_id, None)
        self._unroutable.discard(task_id)
        self._doubts.discard(task_id)


def _gone(task_id: TaskId, cause: str, at_ns: int) -> Event:
    """Return what it means that the broker's count shows a task to be gone."""
    if cause == DONE_BEFORE:
        return TaskWasDone(at_ns=at_ns, task_id=task_id)
    return _lost(task_id, cause, PLACES.get(cause, "queue"), at_ns)


def _lost(task_id: TaskId, cause: str, place: str, at_ns: int) -> TaskLost:
    return TaskLost(at_ns=at_ns, task_id=task_id, cause=cause, place=place)
