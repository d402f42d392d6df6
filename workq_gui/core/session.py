"""A session: the state now, and how it came about."""

from collections.abc import Sequence

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event
from workq_gui.core.foreign_judge import ForeignJudge
from workq_gui.core.history import History, HistoryLimits
from workq_gui.core.judge import Judge
from workq_gui.core.state import State
from workq_gui.core.strangers import Strangers


class Session(State):
    """The state now, with the clock and the recent past that led to it. Belongs to the GUI thread.

    Attributes:
        queue: The name of the first work queue.
        history: The recent events, with the verdicts among them.
    """

    def __init__(self, clock: Clock, queue: str, limits: HistoryLimits | None = None) -> None:
        super().__init__()
        self.clock = clock
        self.queue = queue
        self.history = History(self, limits)
        if limits is not None and limits.kept_tasks is None:
            self.board.tasks.keep_numbers()
        self._judge = ForeignJudge(Judge(), self.board.ready_count_in)
        self._strangers = Strangers()

    def extend(self, batch: Sequence[Event]) -> None:
        """Take in `batch`: judge it, and bring every projection up to date."""
        before, after, add = self._judge.handlers_before, self._judge.handlers, self._add
        named = self._strangers.handlers
        for event in batch:
            kind = type(event)
            if kind in named:
                event = named[kind](event)
            if kind in before:
                for verdict in before[kind](event):
                    add(verdict)
            add(event)
            if kind in after:
                for verdict in after[kind](event):
                    add(verdict)

    def _add(self, event: Event) -> None:
        self.history.append(event)
        self.apply(event)
