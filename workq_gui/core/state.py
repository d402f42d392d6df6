"""All that follows from the events up to one moment, in one object: what views are given."""

from collections.abc import Callable
from typing import Any

from workq_gui.core.events import Event
from workq_gui.core.projections.broker import BrokerState
from workq_gui.core.projections.headline import Headline
from workq_gui.core.projections.ledger import Ledger
from workq_gui.core.projections.log_lines import sentence
from workq_gui.core.projections.pace import PaceState
from workq_gui.core.projections.projection import Projection
from workq_gui.core.projections.queues import Queues
from workq_gui.core.projections.scene import Scene
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.core.projections.workers import Workers

DIFFERS_FOR_NS = 1_500_000_000
"""A difference between the broker's figures and ours is told after this time: we ask three times a second."""


class State:
    """Every projection of one stream of events. Belongs to the GUI thread.

    Attributes:
        applied_count: How many events, verdicts included, led here.
    """

    def __init__(self) -> None:
        self.applied_count = 0
        self._take(
            TaskBoard(), Workers(), Queues(), Scene(), BrokerState(), Headline(), PaceState(), Ledger()
        )

    def _take(
        self,
        board: TaskBoard,
        workers: Workers,
        queues: Queues,
        scene: Scene,
        broker: BrokerState,
        headline: Headline,
        pace: PaceState,
        ledger: Ledger,
    ) -> None:
        self.board = board
        self.workers = workers
        self.queues = queues
        self.scene = scene
        self.broker = broker
        self.headline = headline
        self.pace = pace
        self.ledger = ledger
        self._projections: tuple[Projection, ...] = (
            board,
            workers,
            queues,
            scene,
            broker,
            headline,
            pace,
            ledger,
        )
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
        twin._take(*(projection.copy() for projection in self._projections))  # type: ignore[arg-type]
        return twin

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
