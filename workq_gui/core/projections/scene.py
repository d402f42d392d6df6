"""The handoffs on the stage, as a function of events and time.

No animation keeps state: where a token is follows from when its handoff
happened and what time it is. So any moment can be drawn again.
"""

from collections import deque
from enum import Enum, auto
from typing import NamedTuple

from workq_gui.core.causes import AUTO_ACK
from workq_gui.core.events import (
    TaskAccepted,
    TaskAcked,
    TaskConfirmed,
    TaskDeadLettered,
    TaskDelivered,
    TaskEvent,
    TaskId,
    TaskLost,
    TaskPublished,
    TaskRequeued,
    TaskReturned,
    TaskUnconfirmed,
    WorkerId,
)
from workq_gui.core.projections.projection import Handlers, Projection

MS = 1_000_000


class FlightKind(Enum):
    """Which handoff a flight shows."""

    PUBLISH = auto()  # producer to queue
    CONFIRM = auto()  # a stamp on the token, where it is
    RETURN = auto()  # exchange to producer
    DROP = auto()  # exchange to ledger
    DELIVER = auto()  # queue to worker
    ACK = auto()  # a tick, worker to queue
    NACK = auto()  # worker to queue: it lives
    REQUEUE = auto()  # from the cut in the worker's line back to the queue
    REJECT = auto()  # worker to ledger
    DEAD_LETTER = auto()  # worker to the dead-letter queue
    SHATTER = auto()  # at the worker, into pieces
    DISSOLVE = auto()  # in the queue, into nothing
    __hash__ = object.__hash__  # Enum's own is slow, and this is asked for each flight in each frame


DURATION_NS = {
    FlightKind.PUBLISH: 450 * MS,
    FlightKind.CONFIRM: 150 * MS,
    FlightKind.RETURN: 450 * MS,
    FlightKind.DROP: 600 * MS,
    FlightKind.DELIVER: 350 * MS,
    FlightKind.ACK: 250 * MS,
    FlightKind.NACK: 450 * MS,
    FlightKind.REQUEUE: 450 * MS,
    FlightKind.REJECT: 600 * MS,
    FlightKind.DEAD_LETTER: 600 * MS,
    FlightKind.SHATTER: 700 * MS,
    FlightKind.DISSOLVE: 500 * MS,
}
LONGEST_NS = max(DURATION_NS.values())
UNSENT_AFTER_NS = 150 * MS
DISSOLVE_PAUSE_NS = 90 * MS
"""What dissolves does so one by one, and in the end..."""
LAST_DISSOLVE_NS = 1_200 * MS
"""...all at once, so long after it began."""
KEPT_NS = 3 * LONGEST_NS
STAMPED_UP_TO = 500


class Flight(NamedTuple):
    """A token's way from one place to another.

    Attributes:
        started_ns: When the token leaves: when the handoff happened, or when its flight before landed.
        worker_id: The worker at one end, or None between producer and queue.
        queue: The queue at one end; empty where that is the task's.
        is_rare: Drawn one by one even when most flights are not.
    """

    task_id: TaskId
    kind: FlightKind
    started_ns: int
    worker_id: WorkerId | None = None
    queue: str = ""
    is_rare: bool = False

    @property
    def ends_ns(self) -> int:
        """When the token arrives."""
        return self.started_ns + DURATION_NS[self.kind]

    def progress_at(self, at_ns: int) -> float:
        """Return 0.0 at the source, 1.0 at the target."""
        return min(1.0, max(0.0, (at_ns - self.started_ns) / DURATION_NS[self.kind]))


class Scene(Projection):
    """All flights of the last moments, and what still stands at the producer. Feed it events; read it.

    Attributes:
        last_landing_ns: When the last known flight lands; nothing moves after it.
    """

    def __init__(self) -> None:
        self.last_landing_ns = 0
        self._flights: deque[tuple[int, int, Flight]] = deque()  # starts, ends: a burst keeps some 30,000
        self._lands_ns: dict[TaskId, int] = {}  # so that a token's flights follow each other
        self._unsent: dict[TaskId, int] = {}
        self._dissolves_ns = 0  # when the next one may begin

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            TaskAccepted: self._on_unsent,
            TaskUnconfirmed: self._on_unsent,
            TaskPublished: self._on_published,
            TaskConfirmed: self._on_confirmed,
            TaskReturned: lambda e: self._fly(e, FlightKind.RETURN, is_rare=True),
            TaskDelivered: lambda e: self._fly(
                e, FlightKind.DELIVER, e.worker_id, e.queue, is_rare=e.redelivered
            ),
            TaskAcked: lambda e: self._fly(e, FlightKind.ACK, e.worker_id),
            TaskRequeued: self._on_requeued,
            TaskDeadLettered: lambda e: self._fly(
                e, FlightKind.DEAD_LETTER, e.worker_id, e.queue, is_rare=True
            ),
            TaskLost: self._on_lost,
        }

    def flights_at(self, at_ns: int) -> list[Flight]:
        """Return the flights in the air at `at_ns`, earliest first."""
        return [flight for starts, ends, flight in self._flights if starts <= at_ns < ends]

    def unsent_count_at(self, at_ns: int) -> int:
        """Return how many tasks stand at the producer: accepted, and not published.

        0 if none stands there for long: each does for a moment.
        """
        waits_since_ns = next(iter(self._unsent.values()), at_ns)
        return len(self._unsent) if at_ns - waits_since_ns >= UNSENT_AFTER_NS else 0

    def _on_unsent(self, event: TaskEvent) -> None:
        self._unsent[event.task_id] = event.at_ns

    def _on_published(self, event: TaskPublished) -> None:
        self._unsent.pop(event.task_id, None)
        self._fly(event, FlightKind.PUBLISH, queue=event.routing_key)

    def _on_confirmed(self, event: TaskConfirmed) -> None:
        """Stamp the token where it is: its flight goes on meanwhile. In a crowd nobody would see it."""
        if len(self._flights) < STAMPED_UP_TO:
            self._add(Flight(event.task_id, FlightKind.CONFIRM, event.at_ns))

    def _on_requeued(self, event: TaskRequeued) -> None:
        kind = FlightKind.NACK if event.cause == "nacked" else FlightKind.REQUEUE
        self._fly(event, kind, event.worker_id, is_rare=True)

    def _on_lost(self, event: TaskLost) -> None:
        self._unsent.pop(event.task_id, None)
        if event.place in ("exchange", "producer"):
            self._fly(event, FlightKind.DROP, is_rare=True)
        elif event.place == "queue":
            self._dissolve(event)
        else:
            kind = FlightKind.SHATTER if event.cause == AUTO_ACK else FlightKind.REJECT
            self._fly(event, kind, WorkerId(event.place), is_rare=True)

    def _dissolve(self, event: TaskLost) -> None:
        started_ns = min(max(event.at_ns, self._dissolves_ns), event.at_ns + LAST_DISSOLVE_NS)
        self._dissolves_ns = started_ns + DISSOLVE_PAUSE_NS
        self._add(Flight(event.task_id, FlightKind.DISSOLVE, started_ns, is_rare=True))

    def _fly(
        self,
        event: TaskEvent,
        kind: FlightKind,
        worker_id: WorkerId | None = None,
        queue: str = "",
        is_rare: bool = False,
    ) -> None:
        self._forget_before(event.at_ns - KEPT_NS)
        started_ns = max(event.at_ns, self._lands_ns.get(event.task_id, 0))
        flight = Flight(event.task_id, kind, started_ns, worker_id, queue, is_rare)
        self._lands_ns[event.task_id] = self._add(flight)

    def _add(self, flight: Flight) -> int:
        """Let a token fly; return when it lands."""
        ends_ns = flight.started_ns + DURATION_NS[flight.kind]
        self._flights.append((flight.started_ns, ends_ns, flight))
        self.last_landing_ns = max(self.last_landing_ns, ends_ns)
        return ends_ns

    def _forget_before(self, at_ns: int) -> None:
        while self._flights and self._flights[0][1] < at_ns:
            _, ends_ns, flight = self._flights.popleft()
            if self._lands_ns.get(flight.task_id) == ends_ns:
                del self._lands_ns[flight.task_id]
