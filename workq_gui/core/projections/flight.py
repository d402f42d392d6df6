"""A handoff that is shown: a token's way from one place to another."""

from enum import Enum, auto
from typing import NamedTuple

from workq_gui.core.events import TaskId, WorkerId

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
