"""How busy each worker was."""

from array import array
from collections.abc import Iterable
from copy import deepcopy
from typing import NamedTuple

from workq_gui.core.events import (
    ConnectionLost,
    TaskDelivered,
    TaskEvent,
    TaskFinished,
    TaskId,
    TaskProgressed,
    TaskRejected,
    WorkerChannelClosed,
    WorkerCrashed,
    WorkerEvent,
    WorkerFroze,
    WorkerId,
    WorkerRemoved,
    WorkersHeld,
    WorkersReleased,
    WorkerStarted,
    WorkerStopped,
    WorkerThawed,
)
from workq_gui.core.foreign_events import (
    ForeignAcked,
    ForeignChannelClosed,
    ForeignConnected,
    ForeignConsumerSeen,
    ForeignDelivered,
    ForeignGone,
    ForeignRejected,
)
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.projections.worker_view import NS_PER_S
from workq_gui.core.time_buckets import Checkpoints


class BusyShare(NamedTuple):
    """How busy one worker was until a moment.

    Attributes:
        name: What people call it.
        busy_s: Seconds in which it worked on a task.
        alive_s: Seconds in which it was there to be given one.
    """

    worker_id: WorkerId
    name: str
    busy_s: float
    alive_s: float

    @property
    def share(self) -> float:
        """0.0 to 1.0."""
        return self.busy_s / self.alive_s if self.alive_s else 0.0


class _Hand:
    """One worker: what it has, and how long it worked and lived until now.

    Attributes:
        begun_ns: Since when it works without a pause; None while it does not.
        held_ns: When the user held it in the middle of a dot, which it still finishes; else None.
        worked_ns: How long it has worked on its first task before `begun_ns`.
    """

    __slots__ = (
        "alive_ns",
        "alive_since_ns",
        "begun_ns",
        "busy_ns",
        "ended_ns",
        "held_ns",
        "is_frozen",
        "tasks",
        "worked_ns",
    )

    def __init__(self) -> None:
        self.tasks: dict[TaskId, None] = {}
        self.alive_since_ns: int | None = None
        self.begun_ns: int | None = None
        self.held_ns: int | None = None
        self.ended_ns = -1
        self.alive_ns = self.busy_ns = self.worked_ns = 0
        self.is_frozen = False

    def pause(self, at_ns: int) -> None:
        """It does not work from now on."""
        if self.begun_ns is not None:
            self.add(max(0, at_ns - self.begun_ns))
            self.begun_ns = None

    def add(self, worked_ns: int) -> None:
        self.busy_ns += worked_ns
        self.worked_ns += worked_ns

    def busy_until(self, at_ns: int) -> int:
        return self.busy_ns + (max(0, at_ns - self.begun_ns) if self.begun_ns is not None else 0)

    def alive_until(self, at_ns: int) -> int:
        return self.alive_ns + (max(0, at_ns - self.alive_since_ns) if self.alive_since_ns is not None else 0)


class BusyShares(Projection):
    """How long each worker worked, of the time that it was there. Feed it events; ask it for any moment.

    A worker works on the first task that it has, until that is finished or gone; not while it is frozen,
    and not while the user holds the workers, but for the dot that was under way. Of other people's workers
    nobody sees when they begin: from a task's delivery to its ack, and one after the other. The past is
    known to a 256th of the session, at best to a quarter of a second.

    Attributes:
        last_ns: When the latest event happened.
    """

    def __init__(self) -> None:
        self.last_ns = 0
        self._hands: dict[WorkerId, _Hand] = {}
        self._names: dict[WorkerId, str] = {}
        self._is_held = False
        self._checkpoints: Checkpoints[array[int]] = Checkpoints()

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            WorkerStarted: lambda e: self._begin(e.worker_id, e.at_ns),
            TaskDelivered: lambda e: self.deliver(e.worker_id, e),
            TaskProgressed: self._on_progressed,
            TaskFinished: lambda e: self.finish(e.worker_id, e),
            TaskRejected: lambda e: self.finish(e.worker_id, e),
            **dict.fromkeys(
                (WorkerStopped, WorkerCrashed, WorkerRemoved), lambda e: self.end(e.worker_id, e.at_ns)
            ),
            WorkerChannelClosed: self._on_channel_closed,
            ConnectionLost: lambda e: self.end(WorkerId(e.owner), e.at_ns),
            WorkerFroze: self._on_froze,
            WorkerThawed: self._on_thawed,
            WorkersHeld: self._on_held,
            WorkersReleased: self._on_released,
            ForeignConnected: lambda e: self._names.__setitem__(e.client, e.name or "unknown client"),
            ForeignConsumerSeen: lambda e: self._begin(e.client, e.at_ns),
            ForeignDelivered: self.deliver_foreign,
            ForeignAcked: lambda e: self.finish(e.client, e),
            ForeignRejected: lambda e: self.finish(e.client, e),
            **dict.fromkeys((ForeignGone, ForeignChannelClosed), lambda e: self.end(e.client, e.at_ns)),
        }

    def copy(self) -> "BusyShares":
        """Return one that stands where this one does, and goes its own way."""
        return deepcopy(self)

    # --- what came of it ----------------------------------------------------------------------

    def until(self, at_ns: int) -> list[BusyShare]:
        """Return each worker that was there by `at_ns`, in the order in which they came."""
        figures = self._taken_at(at_ns) if at_ns >= self.last_ns else self._checkpoints.at(at_ns)
        if figures is None:
            return []
        pairs = zip(self._hands, figures[::2], figures[1::2], strict=False)
        return [
            BusyShare(worker_id, self._names.get(worker_id, worker_id), busy / NS_PER_S, alive / NS_PER_S)
            for worker_id, busy, alive in pairs
            if alive
        ]

    def _taken_at(self, at_ns: int) -> "array[int]":
        hands = self._hands.values()
        return array("q", (ns for hand in hands for ns in (hand.busy_until(at_ns), hand.alive_until(at_ns))))

    # --- tasks --------------------------------------------------------------------------------

    def deliver(self, worker_id: WorkerId, event: TaskEvent) -> None:
        """The worker got a task."""
        hand = self._hand(worker_id, event.at_ns)
        if event.at_ns < hand.ended_ns:
            return  # it was on its way when the worker ended
        if hand.alive_since_ns is None:
            hand.alive_since_ns = event.at_ns
        hand.tasks[event.task_id] = None
        if len(hand.tasks) == 1:
            hand.worked_ns = 0
            self._go_on(hand, event.at_ns)

    def deliver_foreign(self, event: ForeignDelivered) -> None:
        """Somebody else's worker got a task; with auto-ack nobody learns how long it works on it."""
        if not event.auto_ack:
            self.deliver(event.client, event)

    def finish(self, worker_id: WorkerId, event: TaskEvent) -> int | None:
        """The worker is done with a task, or gave it back; return for how many nanoseconds it worked on it.

        None if it did not work on that one.
        """
        hand = self._hand(worker_id, event.at_ns)
        if event.task_id not in hand.tasks:
            return None
        is_first = next(iter(hand.tasks)) == event.task_id
        del hand.tasks[event.task_id]
        if not is_first:
            return None
        self._end_dot(hand, event.at_ns)
        hand.pause(event.at_ns)
        worked_ns, hand.worked_ns = hand.worked_ns, 0
        if hand.tasks:
            self._go_on(hand, event.at_ns)
        return worked_ns

    def _on_progressed(self, event: TaskProgressed) -> None:
        if self._is_held:
            self._end_dot(self._hand(event.worker_id, event.at_ns), event.at_ns)

    # --- workers ------------------------------------------------------------------------------

    def _begin(self, worker_id: WorkerId, at_ns: int) -> None:
        hand = self._hand(worker_id, at_ns)
        if hand.alive_since_ns is None:
            hand.alive_since_ns = at_ns

    def end(self, worker_id: WorkerId, at_ns: int) -> None:
        """The worker is not there any more, if this is one; what it had has left its hands."""
        if worker_id not in self._hands:
            return
        hand = self._hand(worker_id, at_ns)
        hand.pause(at_ns)
        hand.alive_ns, hand.alive_since_ns = hand.alive_until(at_ns), None
        hand.ended_ns, hand.held_ns, hand.is_frozen = at_ns, None, False
        hand.tasks.clear()

    def _on_channel_closed(self, event: WorkerChannelClosed) -> None:
        if event.is_consuming:
            self.end(event.worker_id, event.at_ns)

    def _on_froze(self, event: WorkerEvent) -> None:
        hand = self._hand(event.worker_id, event.at_ns)
        hand.is_frozen = True
        hand.pause(event.at_ns)

    def _on_thawed(self, event: WorkerEvent) -> None:
        hand = self._hand(event.worker_id, event.at_ns)
        hand.is_frozen = False
        self._go_on(hand, event.at_ns)

    def _on_held(self, event: WorkersHeld) -> None:
        self._take_time(event.at_ns)
        self._is_held = True
        for hand in self._hands.values():
            hand.held_ns = event.at_ns if hand.begun_ns is not None else None
            hand.pause(event.at_ns)

    def _on_released(self, event: WorkersReleased) -> None:
        self._take_time(event.at_ns)
        self._is_held = False
        for hand in self._hands.values():
            hand.held_ns = None
            self._go_on(hand, event.at_ns)

    def _go_on(self, hand: _Hand, at_ns: int) -> None:
        if hand.tasks and hand.begun_ns is None and not (hand.is_frozen or self._is_held):
            hand.begun_ns = at_ns

    def _end_dot(self, hand: _Hand, at_ns: int) -> None:
        """The dot that was under way when the user held the workers is done."""
        if hand.held_ns is not None:
            hand.add(max(0, at_ns - hand.held_ns))
            hand.held_ns = None

    def _hand(self, worker_id: WorkerId, at_ns: int) -> _Hand:
        if at_ns >= self.last_ns:
            self._take_time(at_ns)
        hand = self._hands.get(worker_id)
        if hand is None:
            hand = self._hands[worker_id] = _Hand()
        return hand

    def _take_time(self, at_ns: int) -> None:
        self.last_ns = max(self.last_ns, at_ns)
        if at_ns >= self._checkpoints.next_ns:
            self._checkpoints.keep_until(at_ns, self._taken_at)


def jain_index(amounts: Iterable[float]) -> float | None:
    """Return Jain's index of fairness: 1.0 if all are equal, 1/n if one has all; None if nobody has any."""
    values = list(amounts)
    squares = sum(value * value for value in values)
    return sum(values) ** 2 / (len(values) * squares) if squares else None
