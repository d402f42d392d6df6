"""Who worked on what, and when: what a timeline draws."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Self

from workq_gui.core.events import (
    BrokerStarted,
    BrokerStopped,
    ConnectionLost,
    Event,
    TaskAcked,
    TaskDelivered,
    TaskFinished,
    TaskId,
    TaskRejected,
    WorkerAdded,
    WorkerChannelClosed,
    WorkerCrashed,
    WorkerFroze,
    WorkerId,
    WorkerStarted,
    WorkerStopped,
    WorkerThawed,
)
from workq_gui.core.fault_events import BrokerFroze, BrokerThawed
from workq_gui.core.foreign_as_ours import client_as_ours, fold_as_ours
from workq_gui.core.foreign_events import (
    FOREIGN,
    ForeignAcked,
    ForeignChannelClosed,
    ForeignConnected,
    ForeignConsumerSeen,
    ForeignDelivered,
    ForeignGone,
    ForeignRejected,
)
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.projections.timeline_mark import Mark, MarkKind
from workq_gui.core.projections.timeline_row import TimelineRow
from workq_gui.core.projections.timeline_span import Ending, Fate, Span
from workq_gui.core.verdicts import TaskDeadLettered, TaskLost, TaskPresumedDone, TaskRanTwice, TaskRequeued

KEPT_SPANS = 200_000
"""So many of the latest deliveries are kept, and up to twice as many until that is looked after."""
MOST_LINKS = 10_000
BROKER_WORDS: dict[type[Event], str] = {
    BrokerStarted: "broker started",
    BrokerStopped: "broker stopped",
    BrokerFroze: "broker frozen",
    BrokerThawed: "broker goes on",
}
UNKNOWN_CLIENT = "unknown client"
ONE_END_NS = 1_000_000_000
"""An end may be told in two steps within this time: first of the channel, then of the connection."""
FINAL_ENDS = (MarkKind.CRASHED, MarkKind.STOPPED)


@dataclass(frozen=True, slots=True)
class BrokerMark:
    """Something that concerns all workers.

    Attributes:
        is_bad: Whether nothing works from then on.
    """

    at_ns: int
    words: str
    is_bad: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A task that was done twice: from its first run to the second one."""

    first: Span
    second: Span


class Timeline(Projection):
    """What each worker had and did, and when. Feed it events; read it. Belongs to the GUI thread.

    Attributes:
        rows: The workers, ours and other people's, in the order in which they were first seen.
        broker_marks: What concerns all of them, by its time.
        links: The tasks that were done twice, by when that turned out.
        first_ns: What came before is kept no more.
        last_ns: The latest moment of which it was told.
        changed_count: Grows with every change; equal means nothing to repaint.
    """

    def __init__(self) -> None:
        self.rows: dict[WorkerId, TimelineRow] = {}
        self.broker_marks: list[BrokerMark] = []
        self.links: list[Link] = []
        self.first_ns = 0
        self.last_ns = 0
        self.changed_count = 0
        self._runs: dict[TaskId, tuple[Span, ...]] = {}
        self._names: dict[WorkerId, str] = {}
        self._delivered_count = 0
        self._kept_from_ns: int | None = None

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            WorkerAdded: self._on_added,
            WorkerStarted: self._on_started,
            WorkerStopped: lambda e: self._end_life(e, MarkKind.STOPPED, Ending.STOPPED, e.reason),
            WorkerCrashed: lambda e: self._end_life(e, MarkKind.CRASHED, Ending.CRASHED, e.reason),
            WorkerChannelClosed: self._on_channel_closed,
            ConnectionLost: self._on_connection_lost,
            WorkerFroze: self._on_froze,
            WorkerThawed: self._on_thawed,
            TaskDelivered: self._on_delivered,
            TaskFinished: self._on_finished,
            TaskAcked: self._on_acked,
            TaskRejected: self._on_rejected,
            TaskRequeued: self._on_requeued,
            TaskDeadLettered: self._on_dead_lettered,
            TaskLost: self._on_lost,
            TaskRanTwice: self._on_ran_twice,
            ForeignConnected: self._on_foreign_connected,
            ForeignConsumerSeen: lambda e: self._on_started(client_as_ours(e)),
            ForeignChannelClosed: lambda e: self._on_channel_closed(client_as_ours(e)),
            ForeignGone: self._on_foreign_gone,
            ForeignDelivered: self._on_foreign_delivered,
            ForeignAcked: self._on_foreign_task,
            ForeignRejected: self._on_foreign_task,
            TaskPresumedDone: self._on_foreign_task,
            **dict.fromkeys(BROKER_WORDS, self._on_broker),
        }

    def copy(self) -> Self:
        """Return a timeline that stands where this one does; its spans are its own."""
        return deepcopy(self)

    def spans(self, worker_id: WorkerId, from_ns: int, to_ns: int) -> list[Span]:
        """Return what a worker had at any time from `from_ns` to `to_ns`, by when it came."""
        row = self.rows.get(worker_id)
        return row.spans_within(from_ns, to_ns) if row else []

    def runs(self, task_id: TaskId) -> tuple[Span, ...]:
        """Return all deliveries of a task, to whomever, by when they were told of."""
        return self._runs.get(task_id, ())

    # --- workers ------------------------------------------------------------------------------

    def _row(self, worker_id: WorkerId) -> TimelineRow:
        row = self.rows.get(worker_id)
        if row is None:
            is_foreign = worker_id.startswith(FOREIGN)
            name = (self._names.get(worker_id) or UNKNOWN_CLIENT) if is_foreign else worker_id
            row = self.rows[worker_id] = TimelineRow(worker_id, name)
        return row

    def _touch(self, at_ns: int) -> None:
        self.changed_count += 1
        self.last_ns = max(self.last_ns, at_ns)

    def _on_added(self, event: WorkerAdded) -> None:
        self._touch(event.at_ns)
        self._row(event.worker_id)

    def _on_started(self, event: Any) -> None:
        self._touch(event.at_ns)
        row = self._row(event.worker_id)
        row.acks_early = event.auto_ack or event.ack == "before"
        row.never_acks = event.ack in ("never", "other channel")
        if row.ended_ns is not None or (row.end_mark is None and not row.marks):
            row.add_mark(Mark(event.at_ns, MarkKind.STARTED))
        row.ended_ns = None

    def _on_channel_closed(self, event: Any) -> None:
        if event.is_consuming:
            self._end_life(event, MarkKind.CHANNEL_CLOSED, Ending.CHANNEL_CLOSED, event.reason)

    def _on_connection_lost(self, event: ConnectionLost) -> None:
        row = self.rows.get(WorkerId(event.owner))
        if row is not None:
            self._touch(event.at_ns)
            self._end_row(row, event.at_ns, MarkKind.CONNECTION_LOST, Ending.CONNECTION_LOST, event.reason)

    def _end_life(self, event: Any, kind: MarkKind, ending: Ending, reason: str) -> None:
        row = self.rows.get(event.worker_id)
        if row is not None:
            self._touch(event.at_ns)
            self._end_row(row, event.at_ns, kind, ending, reason)

    def _end_row(self, row: TimelineRow, at_ns: int, kind: MarkKind, ending: Ending, reason: str) -> None:
        last = row.end_mark
        if row.ended_ns is not None and last is not None and at_ns - row.ended_ns < ONE_END_NS:
            if last.kind not in FINAL_ENDS:
                last.kind = kind
            return
        mark = Mark(at_ns, kind, reason)
        self._thaw(row, at_ns)
        spans = list(row.in_hand.values())
        for span in spans:
            row.end(span, at_ns, ending)
            if span.fate is Fate.LOST:
                mark.lost_count += 1
            mark.done_count += span.finished_ns is not None
            if span.is_broken_off:
                mark.worked_ns += span.worked_ns
        row.waiting.clear()
        row.working = None
        row.ended_with = {span.task_id: span for span in spans}
        row.end_mark, row.ended_ns = mark, at_ns
        row.add_mark(mark)

    def _on_froze(self, event: WorkerFroze) -> None:
        self._touch(event.at_ns)
        row = self._row(event.worker_id)
        if not row.frozen.is_open:
            row.add_mark(Mark(event.at_ns, MarkKind.FROZEN))
            row.frozen.add(event.at_ns, 1)

    def _on_thawed(self, event: WorkerThawed) -> None:
        self._touch(event.at_ns)
        row = self._row(event.worker_id)
        if self._thaw(row, event.at_ns):
            row.add_mark(Mark(event.at_ns, MarkKind.THAWED))

    def _thaw(self, row: TimelineRow, at_ns: int) -> bool:
        if not row.frozen.is_open:
            return False
        if row.working is not None and row.working.work_ns is not None:
            since_ns = max(row.frozen.starts[-1], row.working.work_ns)
            row.working.frozen_ns += max(0, at_ns - since_ns)
        row.frozen.add(at_ns, -1)
        return True

    # --- tasks --------------------------------------------------------------------------------

    def _on_delivered(self, event: TaskDelivered) -> None:
        self._touch(event.at_ns)
        row = self._row(event.worker_id)
        before = row.in_hand.get(event.task_id)
        if before is not None:
            row.end(before, event.at_ns, Ending.LEFT)
            if row.working is None:
                row.begin_next(event.at_ns)
        span = Span(event)
        row.deliver(span)
        self._runs[event.task_id] = (*self._runs.get(event.task_id, ()), span)
        if event.redelivered:
            row.redelivered.append(max(event.at_ns, row.redelivered[-1] if row.redelivered else 0))
        if row.ended_ns is not None:  # it was on its way when the worker ended
            row.end(span, event.at_ns, Ending.CRASHED)
            row.waiting.clear()
            row.ended_with[event.task_id] = span
        self._delivered_count += 1
        if self._delivered_count % KEPT_SPANS == 0:
            self._forget(event.at_ns)

    def _on_finished(self, event: TaskFinished) -> None:
        row = self.rows.get(event.worker_id)
        span = row.in_hand.get(event.task_id) if row else None
        if row is None or span is None or span.finished_ns is not None:
            return
        self._touch(event.at_ns)
        if row.working is not span:
            row.begin_instead(span, event.at_ns)
        assert span.work_ns is not None
        span.finished_ns = max(event.at_ns, span.work_ns)
        row.close_work(span, span.finished_ns)
        if span.is_forgotten or row.acks_early:
            span.is_forgotten = True
            row.end(span, event.at_ns, Ending.FINISHED)
            row.begin_next(event.at_ns)
            return
        row.unacked.add(span.finished_ns, 1)
        if row.never_acks:
            row.begin_next(event.at_ns)

    def _on_acked(self, event: TaskAcked) -> None:
        row = self.rows.get(event.worker_id)
        span = row.in_hand.get(event.task_id) if row else None
        if row is None or span is None:
            return
        self._touch(event.at_ns)
        if span.finished_ns is None:
            span.is_forgotten = True  # acked before the work: it goes on
            return
        row.end(span, event.at_ns, Ending.ACKED)
        if row.working is None:
            row.begin_next(event.at_ns)

    def _on_rejected(self, event: TaskRejected) -> None:
        ending = Ending.PUT_BACK if event.requeue else Ending.REJECTED
        self._take_away(event.worker_id, event.task_id, event.at_ns, ending)

    def _take_away(self, worker_id: WorkerId, task_id: TaskId, at_ns: int, ending: Ending) -> None:
        row = self.rows.get(worker_id)
        span = row.in_hand.get(task_id) if row else None
        if row is None or span is None:
            return
        self._touch(at_ns)
        row.end(span, at_ns, ending)
        if row.working is None:
            row.begin_next(at_ns)

    # --- verdicts -----------------------------------------------------------------------------

    def _on_requeued(self, event: TaskRequeued) -> None:
        self._take_away(event.worker_id, event.task_id, event.at_ns, Ending.LEFT)
        self._seal(event.worker_id, event.task_id, Fate.KEPT)

    def _on_dead_lettered(self, event: TaskDeadLettered) -> None:
        self._seal(event.worker_id, event.task_id, Fate.DEAD_LETTERED)

    def _on_lost(self, event: TaskLost) -> None:
        runs = self._runs.get(event.task_id)
        if runs:
            self._seal(runs[-1].worker_id, event.task_id, Fate.LOST)

    def _seal(self, worker_id: WorkerId, task_id: TaskId, fate: Fate) -> None:
        """Write down what became of a task that a worker had and did not do."""
        spans = [span for span in self._runs.get(task_id, ()) if span.worker_id == worker_id]
        if not spans or spans[-1].ending in (Ending.ACKED, Ending.FINISHED):
            return
        self.changed_count += 1
        row, before, spans[-1].fate = self.rows[worker_id], spans[-1].fate, fate
        if row.end_mark is not None and row.ended_with.get(task_id) is spans[-1] and before is not fate:
            row.end_mark.kept_count += fate is not Fate.LOST
            row.end_mark.lost_count += fate is Fate.LOST

    def _on_ran_twice(self, event: TaskRanTwice) -> None:
        runs = [span for span in self._runs.get(event.task_id, ()) if span.finished_ns is not None]
        if len(runs) >= 2:
            self._touch(event.at_ns)
            self.links.append(Link(runs[-2], runs[-1]))
            if len(self.links) > MOST_LINKS:
                del self.links[: MOST_LINKS // 2]

    # --- other people's, and the broker -------------------------------------------------------

    def _on_foreign_connected(self, event: ForeignConnected) -> None:
        self._names[event.client] = event.name
        row = self.rows.get(event.client)
        if row is not None and event.name:
            row.name = event.name
            self.changed_count += 1

    def _on_foreign_gone(self, event: ForeignGone) -> None:
        ours: Any = client_as_ours(event)
        self.handlers[type(ours)](ours)

    def _on_foreign_delivered(self, event: ForeignDelivered) -> None:
        self._row(event.client).ended_ns = None  # told of a task before it was told of the consumer
        self._on_foreign_task(event)

    def _on_foreign_task(self, event: Any) -> None:
        fold_as_ours(self._task_handlers(), event)

    def _task_handlers(self) -> Handlers:
        return {
            TaskDelivered: self._on_delivered,
            TaskFinished: self._on_finished,
            TaskAcked: self._on_acked,
            TaskRejected: self._on_rejected,
        }

    def _on_broker(self, event: Event) -> None:
        self._touch(event.at_ns)
        is_bad = isinstance(event, BrokerStopped | BrokerFroze)
        self.broker_marks.append(BrokerMark(event.at_ns, BROKER_WORDS[type(event)], is_bad))

    def _forget(self, at_ns: int) -> None:
        """Keep the latest `KEPT_SPANS`, so that memory stays flat however long it goes on."""
        before_ns, self._kept_from_ns = self._kept_from_ns, at_ns
        if before_ns is None:
            return
        self.first_ns = before_ns
        for row in self.rows.values():
            for span in row.forget(before_ns):
                runs = tuple(run for run in self._runs.get(span.task_id, ()) if run is not span)
                if runs:
                    self._runs[span.task_id] = runs
                else:
                    self._runs.pop(span.task_id, None)
        self.links = [link for link in self.links if (link.first.end_ns or before_ns) >= before_ns]
