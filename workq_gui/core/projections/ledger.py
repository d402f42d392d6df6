"""Where did it go? Every task that nobody will do, with the cause; and every task that was done twice."""

from dataclasses import dataclass

from workq_gui.core.events import TaskAcked, TaskDelivered, TaskEvent, TaskId, TaskPublished, WorkerId
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.verdicts import TaskLost, TaskRanTwice, TaskWasDone

KEPT_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One task that is lost.

    Attributes:
        cause: In words.
        place: Where it was; see `verdicts.TaskLost`.
        at_ns: When that was clear.
    """

    task_id: TaskId
    cause: str
    place: str
    at_ns: int


@dataclass(frozen=True, slots=True)
class TwiceEntry:
    """One task that was done twice: by `first`, and then by `second`."""

    task_id: TaskId
    first: WorkerId
    second: WorkerId
    cause: str
    at_ns: int


class Ledger(Projection):
    """All losses, and all that was done twice. Feed it events; read it.

    Attributes:
        lost_count: How many tasks are lost.
        twice_count: How often a task was done that was done already.
        entries: The latest losses by task, oldest first.
        twice: The latest tasks that were done twice, oldest first.
    """

    def __init__(self) -> None:
        self.lost_count = 0
        self.twice_count = 0
        self.entries: dict[TaskId, LedgerEntry] = {}
        self.twice: dict[TaskId, TwiceEntry] = {}

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            TaskLost: self._on_lost,
            TaskRanTwice: self._on_ran_twice,
            TaskDelivered: self._on_there,
            TaskPublished: self._on_there,
            TaskAcked: self._on_there,
            TaskWasDone: self._on_there,
        }

    @property
    def newest(self) -> LedgerEntry | None:
        """The latest loss."""
        return next(reversed(self.entries.values()), None)

    def _on_lost(self, event: TaskLost) -> None:
        self.lost_count += event.task_id not in self.entries
        self.entries[event.task_id] = LedgerEntry(event.task_id, event.cause, event.place, event.at_ns)
        _keep_latest(self.entries)

    def _on_ran_twice(self, event: TaskRanTwice) -> None:
        self.twice_count += 1
        self.twice.pop(event.task_id, None)
        self.twice[event.task_id] = TwiceEntry(
            event.task_id, event.first, event.second, event.cause, event.at_ns
        )
        _keep_latest(self.twice)

    def _on_there(self, event: TaskEvent) -> None:
        """Take back what was a rash conclusion: it is there, is published once more, or is done."""
        if event.task_id in self.entries:
            del self.entries[event.task_id]
            self.lost_count -= 1


def _keep_latest(entries: dict[TaskId, LedgerEntry] | dict[TaskId, TwiceEntry]) -> None:
    if len(entries) > KEPT_ENTRIES:
        del entries[next(iter(entries))]
