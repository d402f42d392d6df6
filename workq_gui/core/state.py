"""All that follows from the events up to one moment, in one object: what views are given."""

from collections.abc import Callable, Mapping
from typing import Any

from workq_gui.core.events import Event, WorkerId
from workq_gui.core.projections.broker import BrokerState
from workq_gui.core.projections.clients import Clients
from workq_gui.core.projections.cluster import Cluster
from workq_gui.core.projections.headline import Headline
from workq_gui.core.projections.ledger import Ledger
from workq_gui.core.projections.log_lines import sentence
from workq_gui.core.projections.pace import PaceState
from workq_gui.core.projections.projection import Projection
from workq_gui.core.projections.queues import Queues
from workq_gui.core.projections.scene import Scene
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.core.projections.worker_view import WorkerView
from workq_gui.core.projections.workers import Workers

DIFFERS_FOR_NS = 1_500_000_000
"""A difference between the broker's figures and ours is told after this time: we ask three times a second."""

Projections = tuple[
    TaskBoard, Workers, Queues, Scene, BrokerState, Headline, PaceState, Ledger, Cluster, Clients
]


class State:
    """Every projection of one stream of events. Belongs to the GUI thread.

    Attributes:
        applied_count: How many events, verdicts included, led here.
    """

    def __init__(self) -> None:
        self.applied_count = 0
        self._all_workers: tuple[tuple[int, int], Mapping[WorkerId, WorkerView]] = ((-1, -1), {})
        self._take(
            (
                TaskBoard(),
                Workers(),
                Queues(),
                Scene(),
                BrokerState(),
                Headline(),
                PaceState(),
                Ledger(),
                Cluster(),
                Clients(),
            )
        )

    def _take(self, projections: Projections) -> None:
        (
            self.board,
            self.workers,
            self.queues,
            self.scene,
            self.broker,
            self.headline,
            self.pace,
            self.ledger,
            self.cluster,
            self.clients,
        ) = projections
        self._projections: tuple[Projection, ...] = projections
        self._routes: dict[type[Event], list[Callable[[Any], object]]] = {}
        for projection in self._projections:
            for kind, handler in projection.handlers.items():
                self._routes.setdefault(kind, []).append(handler)

    def apply(self, event: Event) -> None:
        """Take in one event; a verdict after the fact that it follows from."""
        self.applied_count += 1
        for handle in self._routes.get(type(event), ()):
            handle(event)

    def snapshot(self) -> "State":
        """Return a state that stands where this one does, and goes its own way from here on."""
        twin = State()
        twin.applied_count = self.applied_count
        twin._take(tuple(projection.copy() for projection in self._projections))  # type: ignore[arg-type]
        return twin

    @property
    def worker_views(self) -> Mapping[WorkerId, WorkerView]:
        """All workers: ours, and after them those of other people."""
        if not self.clients.has_workers:
            return self.workers.views
        key = (self.workers.changed_count, self.clients.changed_count)
        if key != self._all_workers[0]:  # asked for with every token that is drawn
            self._all_workers = key, {**self.workers.views, **self.clients.workers}
        return self._all_workers[1]

    def sentence_at(self, at_ns: int) -> str:
        """Return the sentence that tells what just happened at `at_ns`; empty before anything did."""
        event = self.headline.event_at(at_ns)
        return sentence(event, self.board) if event else ""

    def ready_difference_at(self, queue: str, at_ns: int) -> tuple[int, int] | None:
        """Return the broker's ready count and ours, if they have differed for longer than it takes to ask."""
        view = self.queues.views.get(queue)
        if view is None or view.ready_count is None:
            return None
        ours = self.board.ready_count_in(queue)
        since_ns = max(view.observed_ns, self.board.ready_changed_ns(queue))
        is_old = at_ns - since_ns > DIFFERS_FOR_NS
        return (view.ready_count, ours) if is_old and view.ready_count != ours else None
