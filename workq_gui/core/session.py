"""All that happened and all that follows from it, in one object: what views are given."""

from collections.abc import Callable, Sequence
from typing import Any

from workq_gui.core.clock import Clock
from workq_gui.core.event_log import EventLog
from workq_gui.core.events import Event
from workq_gui.core.projections.broker import BrokerState
from workq_gui.core.projections.headline import Headline
from workq_gui.core.projections.log_lines import sentence
from workq_gui.core.projections.pace import PaceState
from workq_gui.core.projections.projection import Projection
from workq_gui.core.projections.scene import Scene
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.core.projections.workers import Workers
from workq_gui.core.verdicts import Judge


class Session:
    """The log of one session with every projection kept up to date. Belongs to the GUI thread.

    Attributes:
        queue: The name of the work queue.
    """

    def __init__(self, clock: Clock, queue: str) -> None:
        self.clock = clock
        self.queue = queue
        self.log = EventLog()
        self.board = TaskBoard()
        self.workers = Workers()
        self.scene = Scene()
        self.broker = BrokerState()
        self.headline = Headline()
        self.pace = PaceState()
        self._judge = Judge()
        self._routes: dict[type[Event], list[Callable[[Any], object]]] = {}
        projections: tuple[Projection, ...] = (
            self.board,
            self.workers,
            self.scene,
            self.broker,
            self.headline,
            self.pace,
        )
        for projection in projections:
            for kind, handler in projection.handlers.items():
                self._routes.setdefault(kind, []).append(handler)

    def extend(self, batch: Sequence[Event]) -> None:
        """Record `batch`, and bring every projection up to date."""
        self.log.extend(batch)
        before, after = self._judge.handlers_before, self._judge.handlers
        for event in batch:
            kind = type(event)
            for verdict in before[kind](event) if kind in before else ():
                self._route(verdict)
            self._route(event)
            for verdict in after[kind](event) if kind in after else ():
                self._route(verdict)

    def sentence_at(self, at_ns: int) -> str:
        """Return the sentence that tells what just happened at `at_ns`; empty before anything did."""
        event = self.headline.event_at(at_ns)
        return sentence(event, self.board) if event else ""

    def _route(self, event: Event) -> None:
        for handle in self._routes.get(type(event), ()):
            handle(event)
