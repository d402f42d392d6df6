"""The handoffs on the stage, as a function of events and time.

No animation keeps state: where a token is follows from when its handoff
happened and what time it is. So any moment can be drawn again.
"""

from collections.abc import Sequence

from workq_gui.core.causes import AUTO_ACK
from workq_gui.core.events import (
    TaskAccepted,
    TaskAcked,
    TaskConfirmed,
    TaskDelivered,
    TaskEvent,
    TaskId,
    TaskPublished,
    TaskReturned,
    TaskUnconfirmed,
    WorkerId,
)
from workq_gui.core.foreign_events import ForeignAcked, ForeignDelivered, ForeignPublished
from workq_gui.core.projections.flight import DURATION_NS, LONGEST_NS, MS, Flight, FlightKind
from workq_gui.core.projections.flight_log import PART_NS, FlightLog
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.verdicts import TaskDeadLettered, TaskLost, TaskRequeued

UNSENT_AFTER_NS = 150 * MS
DISSOLVE_PAUSE_NS = 90 * MS
"""What dissolves does so one by one, and in the end..."""
LAST_DISSOLVE_NS = 1_200 * MS
"""...all at once, so long after it began."""
KEPT_NS = 2 * LONGEST_NS
STAMPED_UP_TO = 500
PUBLISH_NS = DURATION_NS[FlightKind.PUBLISH]


class Scene(Projection):
    """All flights of the last moments, and what still stands at the producer. Feed it events; read it.

    Attributes:
        last_landing_ns: When the last known flight lands; nothing moves after it.
        confirmed_ns: When the latest confirm came; None before the first.
    """

    def __init__(self) -> None:
        self.last_landing_ns = 0
        self.confirmed_ns: int | None = None
        self._flights = FlightLog()  # a burst keeps some 30,000
        self._lands_ns: dict[TaskId, int] = {}  # so that a token's flights follow each other
        self._unsent: dict[TaskId, int] = {}
        self._forgets_ns = 0  # when it is worth to look for old ones again
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
            ForeignPublished: self._on_foreign_published,
            ForeignDelivered: lambda e: self._fly(
                e, FlightKind.DELIVER, e.client, e.queue, is_rare=e.redelivered
            ),
            ForeignAcked: self._on_foreign_acked,
            TaskRequeued: self._on_requeued,
            TaskDeadLettered: lambda e: self._fly(
                e, FlightKind.DEAD_LETTER, e.worker_id, e.queue, is_rare=True
            ),
            TaskLost: self._on_lost,
        }

    def flights_at(self, at_ns: int) -> list[Flight]:
        """Return the flights in the air at `at_ns`, earliest first."""
        return self._flights.at(at_ns)

    @property
    def kept_count(self) -> int:
        """How many flights of the last moments are known."""
        return len(self._flights)

    def rare_at(self, at_ns: int) -> list[Flight]:
        """Return those of them that are drawn one by one even in a crowd."""
        return self._flights.rare_at(at_ns)

    def common_count_before(self, part: int) -> int:
        """Return how many common flights are in the air when `part` of the time begins; see `FlightLog`."""
        return self._flights.common_count_before(part)

    def started_in(self, part: int, kind: FlightKind) -> Sequence[Flight]:
        """Return the common flights of a kind that started in `part` of the time; see `FlightLog`."""
        return self._flights.started_in(part, kind)

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
        """Stamp the token when it has landed in its queue. In a crowd nobody would see it.

        A confirm comes within some milliseconds: stamped at once, no token would be seen hollow.
        """
        self.confirmed_ns = event.at_ns
        if len(self._flights) < STAMPED_UP_TO:
            # A task that is delivered by now flies on: its stamp does not wait for that.
            lands_ns = min(self._lands_ns.get(event.task_id, 0), event.at_ns + PUBLISH_NS)
            self._add(Flight(event.task_id, FlightKind.CONFIRM, max(event.at_ns, lands_ns)))

    def _on_foreign_published(self, event: ForeignPublished) -> None:
        """Let it fly first: a worker of ours may have told of it before who saw it being published."""
        is_late = event.task_id in self._lands_ns and len(self._flights) < STAMPED_UP_TO
        others = self._flights.take_out(event.task_id) if is_late else []
        if others:
            del self._lands_ns[event.task_id]
        self._fly(event, FlightKind.PUBLISH, event.client, event.queue)
        for flight in others:
            lands_ns = self._lands_ns[event.task_id]
            later = flight._replace(started_ns=max(flight.started_ns, lands_ns))
            self._lands_ns[event.task_id] = self._add(later)

    def _on_foreign_acked(self, event: ForeignAcked) -> None:
        if not event.is_inferred:  # what nobody saw does not fly
            self._fly(event, FlightKind.ACK, event.client)

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
        if event.at_ns >= self._forgets_ns:
            self._forgets_ns = event.at_ns + PART_NS
            self._forget_before(event.at_ns - KEPT_NS)
        started_ns = max(event.at_ns, self._lands_ns.get(event.task_id, 0))
        flight = Flight(event.task_id, kind, started_ns, worker_id, queue, is_rare)
        self._lands_ns[event.task_id] = self._add(flight)

    def _add(self, flight: Flight) -> int:
        """Let a token fly; return when it lands."""
        ends_ns = flight.started_ns + DURATION_NS[flight.kind]
        self._flights.add(flight)
        self.last_landing_ns = max(self.last_landing_ns, ends_ns)
        return ends_ns

    def _forget_before(self, at_ns: int) -> None:
        for flight in self._flights.forget_before(at_ns):
            if self._lands_ns.get(flight.task_id) == flight.ends_ns:
                del self._lands_ns[flight.task_id]
