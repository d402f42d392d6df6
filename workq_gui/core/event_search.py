"""Looks through a history for the events that somebody wants to see, a slice at a time."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from workq_gui.core.event_kinds import GROUPS, OBSERVATIONS, Group, whose
from workq_gui.core.events import Event, TaskEvent, TaskId
from workq_gui.core.history import History
from workq_gui.core.projections.log_lines import sentence
from workq_gui.core.projections.task_board import TaskBoard


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted: those for which all of it holds.

    Attributes:
        words: What the sentence or the task's id has in it, in capitals or not; empty for any.
        who: Whose they are, see `event_kinds.whose`; empty for anybody's.
        group: Of which group they are; None for any.
        task_id: Which task they are about; None for any, and for those about none.
        with_observations: Whether those that come all the time are wanted too.
    """

    words: str = ""
    who: str = ""
    group: Group | None = None
    task_id: TaskId | None = None
    with_observations: bool = False

    def test(self, board: TaskBoard) -> Callable[[Event], bool]:
        """Return what tells whether an event is wanted; `board` knows the texts of the tasks."""
        hidden = frozenset() if self.with_observations else OBSERVATIONS
        kinds = None if self.group is None else GROUPS[self.group] - hidden
        words, who, task_id = self.words.casefold(), self.who, self.task_id

        def is_wanted(event: Event) -> bool:
            kind = type(event)
            if (kind in hidden) if kinds is None else (kind not in kinds):
                return False
            if task_id is not None and not (isinstance(event, TaskEvent) and event.task_id == task_id):
                return False
            if who and whose(event) != who:
                return False
            return not words or _has(event, words, board)

        return is_wanted


def _has(event: Event, words: str, board: TaskBoard) -> bool:
    if isinstance(event, TaskEvent) and words in event.task_id.casefold():
        return True
    return words in sentence(event, board).casefold()


class EventSearch:
    """The indexes of the wanted events of a history, in order. Belongs to the GUI thread.

    What is newest is looked at first, and so is found first. A row is a place among what was found.

    Attributes:
        wanted: Which events those are.
    """

    def __init__(self, history: History, wanted: EventFilter) -> None:
        self.wanted = wanted
        self._history = history
        # Of a million found that is 8 MB, and either end grows without moving the rest.
        self._older = array("q")  # newest first
        self._newer = array("q")
        self._begins = self._ends = history.count  # what was looked at
        self._first = history.first

    def __len__(self) -> int:
        """Return how many were found."""
        return len(self._older) + len(self._newer)

    @property
    def is_done(self) -> bool:
        """Whether all that is kept was looked at."""
        return self._begins <= self._history.first and self._ends >= self._history.count

    @property
    def searched_count(self) -> int:
        """How many events were looked at, of those that are kept."""
        return self._ends - max(self._begins, self._history.first)

    @property
    def kept_count(self) -> int:
        """How many events there are to look at."""
        return self._history.count - self._history.first

    def index(self, row: int) -> int:
        """Return which event of the history the row `row` is."""
        older = len(self._older)
        return self._older[older - 1 - row] if row < older else self._newer[row - older]

    def row_of(self, index: int) -> int:
        """Return how many rows are of events before `index`: where it is, or would be."""
        older = len(self._older)
        if older and index <= self._older[0]:
            return older - bisect_right(self._older, -index, key=lambda found: -found)
        return older + bisect_left(self._newer, index)

    def look(self, board: TaskBoard, most_events: int) -> bool:
        """Look at up to `most_events` more events; return whether there were any."""
        self._forget()
        is_wanted = self.wanted.test(board)
        end = min(self._history.count, self._ends + most_events)
        if end > self._ends:
            self._newer.extend(self._found(self._ends, end, is_wanted))
            self._ends = end
            return True
        begin = max(self._history.first, self._begins - most_events)
        if begin < self._begins:
            self._older.extend(reversed(self._found(begin, self._begins, is_wanted)))
            self._begins = begin
            return True
        return False

    def _found(self, begin: int, end: int, is_wanted: Callable[[Event], bool]) -> list[int]:
        events = islice(self._history.since(begin), end - begin)
        return [index for index, event in enumerate(events, begin) if is_wanted(event)]

    def _forget(self) -> None:
        """Leave out what the history has forgotten."""
        first = self._history.first
        if first == self._first:
            return
        self._first = first
        row = self.row_of(first)
        older = len(self._older)
        del self._older[older - min(row, older) :]
        del self._newer[: max(0, row - older)]
        self._begins, self._ends = max(self._begins, first), max(self._ends, first)
