"""Which events of a session are worth a sentence in a report, and how many there are besides."""

from workq_gui.core.events import Event, TaskAccepted, TaskEvent, WorkerCrashed
from workq_gui.core.projections.headline import COMMON, RARE
from workq_gui.core.projections.log_lines import sentence
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.core.projections.task_rows import TaskRows

MOST_OF_EACH = 120
"""So many of what is rare are told, and so many of what is common: some four pages."""
TELLING = (*RARE, WorkerCrashed)


class Chronicle(Projection):
    """The events to be told. Feed it events; read it.

    Attributes:
        told_count: How many events were worth a sentence.
        last_crash_ns: When a worker crashed last; None if none did.
    """

    def __init__(self) -> None:
        self.told_count = 0
        self.last_crash_ns: int | None = None
        self._telling: list[tuple[int, Event]] = []
        self._common: list[tuple[int, Event]] = []

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {**dict.fromkeys(COMMON, self._on_common), **dict.fromkeys(TELLING, self._on_telling)}

    @property
    def events(self) -> list[Event]:
        """What is told, in the order in which it happened."""
        return [event for _, event in sorted([*self._telling, *self._common], key=lambda pair: pair[0])]

    @property
    def rest_count(self) -> int:
        """How many events are not told, since there are too many."""
        return self.told_count - len(self._telling) - len(self._common)

    def sentences(self, rows: TaskRows) -> list[tuple[int, str]]:
        """Return when each happened, and what; the texts of tasks are looked up in `rows`."""
        names = TaskBoard()
        accept = names.handlers[TaskAccepted]
        for event in self.events:
            row = rows.rows.get(event.task_id) if isinstance(event, TaskEvent) else None
            if row is not None:
                task = row.task
                accept(TaskAccepted(at_ns=0, task_id=task.task_id, text=task.text, queue=task.queue))
        return [(event.at_ns, sentence(event, names)) for event in self.events]

    def _on_common(self, event: Event) -> None:
        self._keep(self._common, event)

    def _on_telling(self, event: Event) -> None:
        if isinstance(event, WorkerCrashed):
            self.last_crash_ns = event.at_ns
        self._keep(self._telling, event)

    def _keep(self, kept: list[tuple[int, Event]], event: Event) -> None:
        if len(kept) < MOST_OF_EACH:
            kept.append((self.told_count, event))
        self.told_count += 1
