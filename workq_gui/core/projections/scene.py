"""The handoffs on the stage, as a function of events and time.

No animation keeps state: where a token is follows from when its handoff
happened and what time it is. So any moment can be drawn again.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from workq_gui.core.events import (
    TaskAccepted,
    TaskAcked,
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
from workq_gui.core.projections.projection import Projection

MS = 1_000_000


class FlightKind(Enum):
    """Which handoff a flight shows."""

    PUBLISH = auto()  # producer to queue
    DELIVER = auto()  # queue to worker
    ACK = auto()  # a tick, worker to queue
    REQUEUE = auto()  # from the cut in the worker's line back to the queue
    RETURN = auto()  # exchange to producer


DURATION_NS = {
    FlightKind.PUBLISH: 450 * MS,
    FlightKind.DELIVER: 350 * MS,
    FlightKind.ACK: 250 * MS,
    FlightKind.REQUEUE: 450 * MS,
    FlightKind.RETURN: 450 * MS,
}
LONGEST_NS = max(DURATION_NS.values())
UNSENT_AFTER_NS = 150 * MS


@dataclass(frozen=True, slots=True)
class Flight:
    """A token's way from one place to another.

    Attributes:
        started_ns: When the token leaves: when the handoff happened, or when its flight before landed.
        worker_id: The worker at one end, or None between producer and queue.
        is_rare: Drawn one by one even when most flights are not.
    """

    task_id: TaskId
    kind: FlightKind
    started_ns: int
    worker_id: WorkerId | None = None
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
        super().__init__(
            {
                TaskAccepted: self._on_unsent,
                TaskUnconfirmed: self._on_unsent,
                TaskLost: lambda e: self._unsent.pop(e.task_id, None),
                TaskPublished: self._on_published,
                TaskDelivered: lambda e: self._fly(
                    e.task_id, FlightKind.DELIVER, e.at_ns, e.worker_id, e.redelivered
                ),
                TaskAcked: lambda e: self._fly(e.task_id, FlightKind.ACK, e.at_ns, e.worker_id),
                TaskRequeued: lambda e: self._fly(
                    e.task_id, FlightKind.REQUEUE, e.at_ns, e.worker_id, is_rare=True
                ),
                TaskReturned: lambda e: self._fly(e.task_id, FlightKind.RETURN, e.at_ns, is_rare=True),
            }
        )

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
        self._fly(event.task_id, FlightKind.PUBLISH, event.at_ns)

    def _fly(
        self,
        task_id: TaskId,
        kind: FlightKind,
        at_ns: int,
        worker_id: WorkerId | None = None,
        is_rare: bool = False,
    ) -> None:
        self._forget_before(at_ns - 4 * LONGEST_NS)
        started_ns = max(at_ns, self._lands_ns.get(task_id, 0))
        flight = Flight(task_id, kind, started_ns, worker_id, is_rare)
        self._flights.append((started_ns, flight.ends_ns, flight))
        self._lands_ns[task_id] = flight.ends_ns
        self.last_landing_ns = max(self.last_landing_ns, flight.ends_ns)

    def _forget_before(self, at_ns: int) -> None:
        while self._flights and self._flights[0][1] < at_ns:
            _, ends_ns, flight = self._flights.popleft()
            if self._lands_ns.get(flight.task_id) == ends_ns:
                del self._lands_ns[flight.task_id]
