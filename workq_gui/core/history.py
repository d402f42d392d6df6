"""The recent past: the latest events, with enough to draw any moment of them again."""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from workq_gui.core.events import Event
from workq_gui.core.state import State

KEPT_TASKS = 100_000
"""So many of the latest tasks can be looked at again..."""
MOST_EVENTS = 1_000_000
"""...within so many events."""
CHUNK_EVENTS = 20_000
"""From one snapshot to the next: a moment is drawn again by at most so many events, in some 60 ms."""


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """How much of the past is kept; None: without a limit.

    Attributes:
        kept_tasks: So many of the latest tasks can be looked at again...
        most_events: ...within so many events.
        chunk_events: From one snapshot to the next, if not much waits in the queue.
    """

    kept_tasks: int | None
    most_events: int | None
    chunk_events: int


EVERYTHING = HistoryLimits(kept_tasks=None, most_events=None, chunk_events=10_000)
"""For a recording: it has an end."""


@dataclass(slots=True)
class _Chunk:
    """Some events in a row.

    Attributes:
        first: How many events came before.
        before: What they led to.
    """

    first: int
    before: State
    events: list[Event]


class History:
    """The latest events of a session, verdicts included, in the order in which they were taken in.

    An event is named by its index: how many came before it in the whole session. Belongs to the GUI thread.

    Attributes:
        count: How many events there were in all.
    """

    def __init__(self, state: State, limits: HistoryLimits | None = None) -> None:
        """Keep what is recent, or what `limits` say; a snapshot is of `state`."""
        self.count = 0
        self._limits = limits or HistoryLimits(KEPT_TASKS, MOST_EVENTS, CHUNK_EVENTS)
        self._state = state
        self._chunks: deque[_Chunk] = deque()
        self._kept_from: int | None = None
        self._chunk_ends = 0
        self._newest: list[Event] = []

    @property
    def first(self) -> int:
        """The index of the earliest event that is kept."""
        return self._chunks[0].first if self._chunks else 0

    @property
    def first_ns(self) -> int:
        """The earliest moment that can be drawn again."""
        return self._chunks[0].events[0].at_ns if self.first else 0

    def append(self, event: Event) -> None:
        """Keep `event`; to be called just before the session's state takes it in."""
        if self.count >= self._chunk_ends:
            self._begin_chunk()
        self._newest.append(event)
        self.count += 1

    def keep_from(self, index: int | None) -> None:
        """Forget nothing from the event `index` on: it is still to be shown. None: nothing is."""
        self._kept_from = index

    def __getitem__(self, index: int) -> Event:
        """Return one event that is kept."""
        for chunk in reversed(self._chunks):
            if chunk.first <= index:
                return chunk.events[index - chunk.first]
        raise IndexError(index)

    def since(self, index: int) -> Iterator[Event]:
        """Yield the events from `index` on that are kept."""
        for chunk in list(self._chunks):
            if chunk.first + len(chunk.events) > index:
                yield from islice(chunk.events, max(0, index - chunk.first), None)

    def __iter__(self) -> Iterator[Event]:
        return self.since(self.first)

    def index_at(self, at_ns: int) -> int:
        """Return how many events there were up to `at_ns`; between threads they are only nearly in order."""
        chunk = self._chunk_at(lambda chunk: chunk.events[0].at_ns <= at_ns)
        if chunk is None:
            return self.first
        return chunk.first + bisect_right(chunk.events, at_ns, key=lambda event: event.at_ns)

    def state_at(self, index: int) -> State:
        """Return what the events before `index` led to; the caller's own, to go on with."""
        if index >= self.count:
            return self._state.snapshot()
        chunk = self._chunk_at(lambda chunk: chunk.first <= index)
        if chunk is None:
            return State()
        state = chunk.before.snapshot()
        for event in islice(chunk.events, index - chunk.first):
            state.apply(event)
        return state

    def _chunk_at(self, is_before: Callable[[_Chunk], bool]) -> _Chunk | None:
        return next((chunk for chunk in reversed(self._chunks) if is_before(chunk)), None)

    def _begin_chunk(self) -> None:
        self._forget()
        # A snapshot costs what waits in the queue: with much in it, take fewer.
        self._chunk_ends = self.count + max(self._limits.chunk_events, self._state.board.unsettled_count)
        self._newest = []
        self._chunks.append(_Chunk(self.count, self._state.snapshot(), self._newest))

    def _forget(self) -> None:
        known_count = self._state.board.known_count
        while len(self._chunks) > 1:
            second = self._chunks[1]
            task_count = known_count - second.before.board.known_count
            is_old = _exceeds(task_count, self._limits.kept_tasks)
            if not is_old and not _exceeds(self.count - second.first, self._limits.most_events):
                return
            if self._kept_from is not None and self._kept_from < second.first:
                return
            self._chunks.popleft()


def _exceeds(count: int, most: int | None) -> bool:
    return most is not None and count >= most
