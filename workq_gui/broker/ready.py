"""Messages that wait, in the order in which they will leave.

Nothing here costs more for a long queue than for a short one: taking and
adding at the ends is constant, giving back costs the logarithm of how many
were given back.
"""

import heapq
from collections import deque
from collections.abc import Iterator
from typing import Protocol

from .content import Message


class ReadyMessages(Protocol):
    """What a queue needs of its waiting messages."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Message]: ...

    def append(self, message: Message) -> None:
        """Add a new message."""

    def give_back(self, message: Message) -> None:
        """Add a message that was taken before."""

    def first(self) -> Message | None:
        """Return the message that leaves next, and keep it."""

    def pop(self) -> Message:
        """Take the message that leaves next."""

    def clear(self) -> None:
        """Forget all."""


class InOrder:
    """First in, first out; what is given back takes its old place."""

    def __init__(self) -> None:
        self._new: deque[Message] = deque()
        self._returned: list[tuple[int, Message]] = []

    def __len__(self) -> int:
        return len(self._new) + len(self._returned)

    def __iter__(self) -> Iterator[Message]:
        return heapq.merge(
            (message for _, message in sorted(self._returned, key=_place)), self._new, key=_offset
        )

    def append(self, message: Message) -> None:
        """Add a new message."""
        self._new.append(message)

    def give_back(self, message: Message) -> None:
        """Add a message that was taken before."""
        heapq.heappush(self._returned, (message.offset, message))

    def first(self) -> Message | None:
        """Return the message that leaves next, and keep it."""
        if self._returned and (not self._new or self._returned[0][0] < self._new[0].offset):
            return self._returned[0][1]
        return self._new[0] if self._new else None

    def pop(self) -> Message:
        """Take the message that leaves next."""
        if self._returned and (not self._new or self._returned[0][0] < self._new[0].offset):
            return heapq.heappop(self._returned)[1]
        return self._new.popleft()

    def clear(self) -> None:
        """Forget all."""
        self._new.clear()
        self._returned.clear()


class ReturnedFirst:
    """First in, first out; what is given back leaves before all else, in the order it came back.

    So do RabbitMQ's quorum queues.
    """

    def __init__(self) -> None:
        self._new: deque[Message] = deque()
        self._returned: deque[Message] = deque()

    def __len__(self) -> int:
        return len(self._new) + len(self._returned)

    def __iter__(self) -> Iterator[Message]:
        yield from self._returned
        yield from self._new

    def append(self, message: Message) -> None:
        """Add a new message."""
        self._new.append(message)

    def give_back(self, message: Message) -> None:
        """Add a message that was taken before."""
        self._returned.append(message)

    def first(self) -> Message | None:
        """Return the message that leaves next, and keep it."""
        if self._returned:
            return self._returned[0]
        return self._new[0] if self._new else None

    def pop(self) -> Message:
        """Take the message that leaves next."""
        return self._returned.popleft() if self._returned else self._new.popleft()

    def clear(self) -> None:
        """Forget all."""
        self._new.clear()
        self._returned.clear()


class ByPriority:
    """The highest priority first; within one, in order."""

    def __init__(self, max_priority: int) -> None:
        self._max = max_priority
        self._levels: dict[int, InOrder] = {}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Message]:
        for priority in sorted(self._levels, reverse=True):
            yield from self._levels[priority]

    def append(self, message: Message) -> None:
        """Add a new message."""
        self._level(message).append(message)
        self._length += 1

    def give_back(self, message: Message) -> None:
        """Add a message that was taken before."""
        self._level(message).give_back(message)
        self._length += 1

    def first(self) -> Message | None:
        """Return the message that leaves next, and keep it."""
        return self._levels[max(self._levels)].first() if self._levels else None

    def pop(self) -> Message:
        """Take the message that leaves next."""
        priority = max(self._levels)
        level = self._levels[priority]
        message = level.pop()
        if not level:
            del self._levels[priority]
        self._length -= 1
        return message

    def clear(self) -> None:
        """Forget all."""
        self._levels.clear()
        self._length = 0

    def _level(self, message: Message) -> InOrder:
        return self._levels.setdefault(min(message.priority, self._max), InOrder())


def _offset(message: Message) -> int:
    return message.offset


def _place(item: tuple[int, Message]) -> int:
    return item[0]
