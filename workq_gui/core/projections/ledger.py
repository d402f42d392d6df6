"""Where did it go? Every task that nobody will do, with the cause."""

from dataclasses import dataclass

from workq_gui.core.events import TaskDelivered, TaskEvent, TaskId, TaskPublished
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.verdicts import TaskLost

KEPT_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One task that is lost.

    Attributes:
        cause: In words.
        at_ns: When that was clear.
    """

    task_id: TaskId
    cause: str
    at_ns: int


class Ledger(Projection):
    """All losses. Feed it events; read it.

    Attributes:
        lost_count: How many tasks are lost.
        entries: The latest of them by task, oldest first.
    """

    def __init__(self) -> None:
        self.lost_count = 0
        self.entries: dict[TaskId, LedgerEntry] = {}

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {TaskLost: self._on_lost, TaskDelivered: self._on_there, TaskPublished: self._on_there}

    @property
    def newest(self) -> LedgerEntry | None:
        """The latest loss."""
        return next(reversed(self.entries.values()), None)

    def _on_lost(self, event: TaskLost) -> None:
        self.lost_count += event.task_id not in self.entries
        self.entries[event.task_id] = LedgerEntry(event.task_id, event.cause, event.at_ns)
        if len(self.entries) > KEPT_ENTRIES:
            del self.entries[next(iter(self.entries))]

    def _on_there(self, event: TaskEvent) -> None:
        """Take back what was a rash conclusion, or is published once more."""
        if event.task_id in self.entries:
            del self.entries[event.task_id]
            self.lost_count -= 1
