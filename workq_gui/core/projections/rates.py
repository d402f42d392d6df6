"""How much there was when, how fast it went, and how long it took."""

from collections import OrderedDict
from collections.abc import Sequence
from copy import deepcopy
from itertools import accumulate
from typing import NamedTuple

from workq_gui.core.events import (
    PUBLISHER,
    ConnectionLost,
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
from workq_gui.core.foreign_events import ForeignAcked, ForeignDelivered, ForeignPublished
from workq_gui.core.log_histogram import LogHistogram
from workq_gui.core.projections.busy_shares import BusyShares
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.projections.worker_view import NS_PER_S
from workq_gui.core.queue_events import QueueAdded, QueueMissing, QueueObserved, QueuePurged
from workq_gui.core.time_buckets import NO_NEWS, Checkpoints, TimeBuckets
from workq_gui.core.verdicts import TaskDeadLettered, TaskLost, TaskPresumedDone, TaskRequeued, TaskWasDone

PUBLISHED, CONFIRMED, ACKED, READY, UNACKED = range(5)
NOT_KNOWN = -2
WINDOW_NS = NS_PER_S
"""A rate is told over the last second, or over a bucket where that is longer."""
MOST_REMEMBERED = 10_000
"""So many tasks are remembered of which a worker told before their publisher, and so many that were acked."""


class Held(NamedTuple):
    """An un-acked task.

    Attributes:
        at_ns: When it was delivered.
        is_known: Whether its publishing was seen: else it does not count as ready when it comes back.
    """

    worker_id: WorkerId
    at_ns: int
    is_known: bool


class Levels(NamedTuple):
    """How many tasks there were at the end of each bucket of time.

    Attributes:
        times_s: When, in seconds of the session's clock.
        observed: The broker's own count of ready tasks over all queues; None where it is not known.
    """

    times_s: Sequence[float]
    ready: Sequence[int]
    unacked: Sequence[int]
    observed: Sequence[int | None]


class Speeds(NamedTuple):
    """How many tasks there were in a second, up to the end of each bucket of time."""

    times_s: Sequence[float]
    published: Sequence[float]
    confirmed: Sequence[float]
    acked: Sequence[float]


class Rates(Projection):
    """Figures over time, and distributions. Feed it events; ask it for any moment.

    Waiting time goes from the moment when a task is ready (published, or back in its queue) to its
    delivery: a task that is redelivered has waited twice. Working time goes from where a worker begins to
    where it is finished; what is frozen or held does not count, and neither does what was never finished.
    Memory is bounded by time, not by events: see `core.time_buckets`.

    Attributes:
        busy: How busy the workers were.
        first_ns: When the first of these events happened; 0 before.
        last_ns: When the latest did.
        published_count: How many tasks were published, or delivered by who knows whom.
    """

    def __init__(self) -> None:
        self.busy = BusyShares()
        self.first_ns = self.last_ns = 0
        self.published_count = 0
        self._buckets = TimeBuckets(5)
        self._waiting = LogHistogram()
        self._working = LogHistogram()
        self._checkpoints: Checkpoints[tuple[LogHistogram, LogHistogram]] = Checkpoints()
        self._kept = (self._waiting.copy(), self._working.copy())
        self._ready: dict[TaskId, int] = {}  # since when
        self._held: dict[TaskId, Held] = {}
        self._early: OrderedDict[TaskId, int] = OrderedDict()  # when they were delivered
        self._done: set[TaskId] = set()  # and may come back: an ack can be lost
        self._done_before: set[TaskId] = set()
        self._observed: dict[str, int] = {}

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            **self.busy.handlers,
            TaskPublished: self._on_published,
            ForeignPublished: self._on_published,
            TaskConfirmed: self._on_confirmed,
            TaskDelivered: self._on_delivered,
            ForeignDelivered: self._on_foreign_delivered,
            TaskFinished: self._on_finished,
            TaskAcked: lambda e: self._on_acked(e, e.worker_id),
            ForeignAcked: self._on_foreign_acked,
            TaskPresumedDone: lambda e: self._on_acked(e, e.client),
            TaskRequeued: self._on_requeued,
            TaskDeadLettered: self._on_dead_lettered,
            **dict.fromkeys((TaskReturned, TaskNacked, TaskUnconfirmed), self._leave_queue),
            **dict.fromkeys((TaskLost, TaskWasDone), self._on_gone),
            QueueAdded: lambda e: self._observe(e.queue, NOT_KNOWN, e.at_ns),
            QueueObserved: lambda e: self._observe(e.queue, e.ready_count, e.at_ns),
            QueueMissing: lambda e: self._observe(e.queue, NOT_KNOWN, e.at_ns),
            QueuePurged: lambda e: self._observe(e.queue, 0, e.at_ns),
            ConnectionLost: self._on_connection_lost,
        }

    def copy(self) -> "Rates":
        """Return one that stands where this one does, and goes its own way."""
        return deepcopy(self)

    # --- what came of it ----------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """Whether there was no task yet."""
        return self.published_count == 0

    def levels(self, until_ns: int) -> Levels:
        """Return how many tasks were ready and un-acked from the beginning until `until_ns`."""
        count = self._told_until(until_ns)
        ready = list(accumulate(self._buckets.sums[READY][:count]))
        unacked = list(accumulate(self._buckets.sums[UNACKED][:count]))
        return Levels(self._times(count, until_ns), ready, unacked, self._observed_until(count))

    def speeds(self, until_ns: int) -> Speeds:
        """Return how fast tasks went from the beginning until `until_ns`; only whole buckets are told."""
        self._buckets.reach(max(until_ns, 0))
        count = until_ns // self._buckets.width_ns
        series = (self._per_second(which, count) for which in (PUBLISHED, CONFIRMED, ACKED))
        return Speeds(self._times(count, until_ns), *series)

    def waiting(self, at_ns: int) -> LogHistogram:
        """Return how long tasks had waited that were delivered until `at_ns`. Not to be changed."""
        return self._distributions(at_ns)[0]

    def working(self, at_ns: int) -> LogHistogram:
        """Return how long workers had worked on what was finished until `at_ns`. Not to be changed."""
        return self._distributions(at_ns)[1]

    def _distributions(self, at_ns: int) -> tuple[LogHistogram, LogHistogram]:
        if at_ns >= self.last_ns:
            return self._waiting, self._working
        return self._checkpoints.at(at_ns) or (LogHistogram(), LogHistogram())

    def _told_until(self, until_ns: int) -> int:
        """Return how many buckets are told: the last one, though not over, if nothing comes after it."""
        index = self._buckets.reach(max(until_ns, 0))
        return index + (until_ns >= self.last_ns)

    def _times(self, count: int, until_ns: int) -> list[float]:
        width_ns = self._buckets.width_ns
        return [min((index + 1) * width_ns, until_ns) / NS_PER_S for index in range(count)]

    def _observed_until(self, count: int) -> list[int | None]:
        values: list[int | None] = []
        now: int | None = None
        for value in self._buckets.latest[:count]:
            if value != NO_NEWS:
                now = None if value == NOT_KNOWN else value
            values.append(now)
        return values

    def _per_second(self, which: int, count: int) -> list[float]:
        width_ns = self._buckets.width_ns
        span = max(1, WINDOW_NS // width_ns)
        sums = [0] * span + list(accumulate(self._buckets.sums[which][:count]))
        per_s = NS_PER_S / (span * width_ns)
        return [(later - before) * per_s for before, later in zip(sums, sums[span:], strict=False)]

    # --- the publisher's side -----------------------------------------------------------------

    def _on_published(self, event: TaskEvent) -> None:
        self._add(PUBLISHED, event.at_ns)
        self.published_count += 1
        task_id = event.task_id
        delivered_ns = self._early.pop(task_id, None)
        if delivered_ns is not None:  # a worker was quicker to tell
            self._waiting.add((delivered_ns - event.at_ns) / NS_PER_S)
            held = self._held.get(task_id)
            if held is not None:
                self._held[task_id] = held._replace(is_known=True)
        elif task_id not in self._held:
            self._enter_queue(task_id, event.at_ns)

    def _on_confirmed(self, event: TaskEvent) -> None:
        self._add(CONFIRMED, event.at_ns)

    def _leave_queue(self, event: TaskEvent) -> int | None:
        """It is ready no more; return since when it was, None if it was not."""
        since_ns = self._ready.pop(event.task_id, None)
        if since_ns is not None:
            self._add(READY, max(event.at_ns, since_ns), -1)
        return since_ns

    # --- the workers' side --------------------------------------------------------------------

    def _on_delivered(self, event: TaskDelivered) -> None:
        self.busy.deliver(event.worker_id, event)
        self._deliver(event, event.worker_id, event.auto_ack)

    def _on_foreign_delivered(self, event: ForeignDelivered) -> None:
        self.busy.deliver_foreign(event)
        self._deliver(event, event.client, event.auto_ack)

    def _deliver(self, event: TaskEvent, worker_id: WorkerId, auto_ack: bool) -> None:
        self._take_time(event.at_ns)
        task_id, at_ns = event.task_id, event.at_ns
        before = self._held.get(task_id)
        if before is not None and at_ns < before.at_ns:
            return  # it has gone on since: threads keep no order
        since_ns = self._leave_queue(event)
        if since_ns is not None:
            self._waiting.add((at_ns - since_ns) / NS_PER_S)
        is_known = since_ns is not None or self._is_known(task_id)
        if not is_known and before is None:
            self._early[task_id] = at_ns
            if len(self._early) > MOST_REMEMBERED:
                self._early.popitem(last=False)
        self._let_go(task_id, at_ns)
        if not auto_ack:
            self._held[task_id] = Held(worker_id, at_ns, is_known)
            self._add(UNACKED, at_ns)

    def _is_known(self, task_id: TaskId) -> bool:
        """Whether the publishing of a task was seen that is held, or was acked not long ago."""
        held = self._held.get(task_id)
        is_held = held is not None and held.is_known
        return is_held or task_id in self._done or task_id in self._done_before

    def _on_finished(self, event: TaskFinished) -> None:
        self._take_time(event.at_ns)
        self._add_worked(self.busy.finish(event.worker_id, event))

    def _on_acked(self, event: TaskEvent, worker_id: WorkerId) -> None:
        self._add(ACKED, event.at_ns)
        held = self._held.get(event.task_id)
        if held is not None and held.worker_id == worker_id:
            self._let_go(event.task_id, event.at_ns)
            if held.is_known:
                self._done.add(event.task_id)
                if len(self._done) >= MOST_REMEMBERED:
                    self._done_before, self._done = self._done, set()

    def _on_foreign_acked(self, event: ForeignAcked) -> None:
        self._on_acked(event, event.client)
        self._add_worked(self.busy.finish(event.client, event))

    def _on_requeued(self, event: TaskRequeued) -> None:
        held = self._held.get(event.task_id)
        if held is None or held.worker_id != event.worker_id:
            return  # another worker has it by now
        self._let_go(event.task_id, event.at_ns)
        if held.is_known:
            self._enter_queue(event.task_id, event.at_ns)

    def _on_dead_lettered(self, event: TaskDeadLettered) -> None:
        held = self._held.get(event.task_id)
        self._let_go(event.task_id, event.at_ns)
        if held is None or held.is_known:
            self._enter_queue(event.task_id, event.at_ns)

    def _on_gone(self, event: TaskEvent) -> None:
        self._leave_queue(event)
        self._let_go(event.task_id, event.at_ns)

    def _add_worked(self, worked_ns: int | None) -> None:
        if worked_ns is not None:
            self._working.add(worked_ns / NS_PER_S)

    def _enter_queue(self, task_id: TaskId, at_ns: int) -> None:
        if task_id not in self._ready:
            self._ready[task_id] = at_ns
            self._add(READY, at_ns)

    def _let_go(self, task_id: TaskId, at_ns: int) -> None:
        held = self._held.pop(task_id, None)
        if held is not None:
            self._add(UNACKED, max(at_ns, held.at_ns), -1)

    # --- the broker's own figures -------------------------------------------------------------

    def _observe(self, queue: str, ready_count: int, at_ns: int) -> None:
        self._take_time(at_ns)
        self._observed[queue] = ready_count
        counts = self._observed.values()
        self._buckets.set_latest(at_ns, NOT_KNOWN if NOT_KNOWN in counts else sum(counts))

    def _on_connection_lost(self, event: ConnectionLost) -> None:
        self.busy.end(WorkerId(event.owner), event.at_ns)
        if event.owner == PUBLISHER and self._observed:
            self._observed = dict.fromkeys(self._observed, NOT_KNOWN)
            self._buckets.set_latest(event.at_ns, NOT_KNOWN)

    # --- time ---------------------------------------------------------------------------------

    def _add(self, series: int, at_ns: int, amount: int = 1) -> None:
        if at_ns > self.last_ns:
            self._take_time(at_ns)
        self._buckets.add(series, at_ns, amount)

    def _take_time(self, at_ns: int) -> None:
        if at_ns > self.last_ns:
            self.first_ns = self.first_ns or at_ns
            self.last_ns = at_ns
            if at_ns >= self._checkpoints.next_ns:
                self._checkpoints.keep_until(at_ns, self._keep)

    def _keep(self, _: int) -> tuple[LogHistogram, LogHistogram]:
        """Return the distributions as they are; what has not changed since the last time is shared."""
        waiting, working = self._kept
        if waiting.count != self._waiting.count:
            waiting = self._waiting.copy()
        if working.count != self._working.count:
            working = self._working.copy()
        self._kept = waiting, working
        return self._kept
