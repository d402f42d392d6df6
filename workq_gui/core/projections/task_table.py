"""All tasks by number and by id, cheap to copy: what neither copy has changed since is shared."""

from collections import deque
from collections.abc import Iterator
from copy import copy
from typing import Generic, Protocol, TypeVar

from workq_gui.core.events import TaskId

BLOCK = 512
KEPT_TASKS = 120_000
"""So many of the latest tasks are kept; of those before only the blocks in which one is not settled."""


class Entry(Protocol):
    """What a table holds."""

    task_id: TaskId
    number: int

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen to it."""


EntryT = TypeVar("EntryT", bound=Entry)


class TaskTable(Generic[EntryT]):
    """Tasks in blocks. A copy copies the list of blocks; who writes into a block copies it first.

    Attributes:
        known_count: How many tasks were ever added; the latest one's number.
    """

    def __init__(self) -> None:
        self.known_count = 0
        # Shared by all copies: it tells no more than that a task has a number. A copy leaves out
        # what it does not know yet.
        self._numbers: dict[TaskId, int] = {}
        self._leaving: deque[tuple[int, list[TaskId]]] = deque()
        self._keeps_numbers = False
        self._blocks: dict[int, list[EntryT]] = {}
        self._own_blocks: set[int] = set()
        self._own_entries: dict[TaskId, EntryT] = {}  # no copy has them: they may be changed

    def __copy__(self) -> "TaskTable[EntryT]":
        twin: TaskTable[EntryT] = TaskTable()
        twin.known_count = self.known_count
        twin._numbers, twin._keeps_numbers = self._numbers, self._keeps_numbers
        twin._blocks = dict(self._blocks)
        self._own_blocks.clear()
        self._own_entries.clear()
        return twin

    def __len__(self) -> int:
        """Return how many tasks are kept."""
        return sum(len(block) for block in self._blocks.values())

    def __contains__(self, task_id: TaskId) -> bool:
        return self.get(task_id) is not None

    def __getitem__(self, task_id: TaskId) -> EntryT:
        entry = self.get(task_id)
        if entry is None:
            raise KeyError(task_id)
        return entry

    def __iter__(self) -> Iterator[TaskId]:
        return (entry.task_id for entry in self.values())

    def keep_numbers(self) -> None:
        """Let copies find their tasks however old they are: the whole of the past is to be shown again."""
        self._keeps_numbers = True

    def get(self, task_id: TaskId) -> EntryT | None:
        """Return a task to be read, or None if it is not known (any more)."""
        number = self._numbers.get(task_id, 0)
        if not 0 < number <= self.known_count:
            return None
        place, offset = divmod(number - 1, BLOCK)
        block = self._blocks.get(place)
        return block[offset] if block else None

    def writable(self, task_id: TaskId) -> EntryT | None:
        """Return a task to be changed: no copy of this table sees the change."""
        mine = self._own_entries.get(task_id)
        if mine is not None:
            return mine
        entry = self.get(task_id)
        if entry is None:
            return None
        place, offset = divmod(entry.number - 1, BLOCK)
        mine = self._own_block(place)[offset] = self._own_entries[task_id] = copy(entry)
        return mine

    def add(self, entry: EntryT) -> None:
        """Add the next task; its number is `known_count` + 1, and it is this table's own."""
        place, offset = divmod(self.known_count, BLOCK)
        if offset == 0:
            self._forget(place)
        self.known_count += 1
        self._numbers[entry.task_id] = entry.number
        self._own_block(place).append(entry)
        self._own_entries[entry.task_id] = entry

    def values(self) -> Iterator[EntryT]:
        """Yield all tasks that are kept, oldest first."""
        return (entry for block in self._blocks.values() for entry in block)

    def newest(self) -> Iterator[EntryT]:
        """Yield all tasks that are kept, newest first."""
        return (entry for block in reversed(self._blocks.values()) for entry in reversed(block))

    def _own_block(self, place: int) -> list[EntryT]:
        if place not in self._own_blocks:
            self._blocks[place] = list(self._blocks.get(place, ()))
            self._own_blocks.add(place)
        return self._blocks[place]

    def _forget(self, newest: int) -> None:
        """Drop old blocks in which all is settled; and, as much later, the numbers of what was in them.

        A copy that shows the past may still hold the block, and asks for the numbers.
        """
        for place in list(self._blocks):
            if newest - place <= KEPT_TASKS // BLOCK:
                break
            if all(entry.is_settled for entry in self._blocks[place]):
                task_ids = [entry.task_id for entry in self._blocks.pop(place)]
                if not self._keeps_numbers:
                    self._leaving.append((self.known_count, task_ids))
                self._own_blocks.discard(place)
                for task_id in task_ids:
                    self._own_entries.pop(task_id, None)
        while self._leaving and self.known_count - self._leaving[0][0] > KEPT_TASKS:
            for task_id in self._leaving.popleft()[1]:
                self._numbers.pop(task_id, None)
