"""The consumers of one queue, and whose turn it is.

As RabbitMQ does it (https://www.rabbitmq.com/docs/consumer-priority): the
highest priority that has room takes all; among equals they take turns. One
that was found full goes to the end of the line when it has room again.
"""

from collections import deque
from collections.abc import Iterator
from typing import Protocol

from .content import Message


class Consumer(Protocol):
    """What a queue needs of a consumer."""

    @property
    def priority(self) -> int:
        """Higher goes first."""

    @property
    def no_ack(self) -> bool:
        """What is delivered is settled at once."""

    @property
    def exclusive(self) -> bool:
        """No other consumer may join."""

    def has_room(self) -> bool:
        """Tell whether it can take one more delivery."""

    def deliver(self, message: Message) -> None:
        """Take a message; it is unacked, or settled, from now on."""

    def queue_gone(self) -> None:
        """Learn that the queue does not exist any more."""


class ConsumersInTurn:
    """Consumers in the order of their turns.

    Attributes:
        single_active: Only one at a time is given messages.
    """

    def __init__(self, *, single_active: bool = False) -> None:
        self.single_active = single_active
        self._all: list[Consumer] = []
        self._lines: list[tuple[int, deque[Consumer]]] = []
        self._full: set[Consumer] = set()

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Consumer]:
        return iter(list(self._all))

    @property
    def has_exclusive(self) -> bool:
        """One of them wants to be alone."""
        return any(consumer.exclusive for consumer in self._all)

    def add(self, consumer: Consumer) -> None:
        """Let `consumer` join at the end of its line."""
        self._all.append(consumer)
        self._line(consumer.priority).append(consumer)

    def remove(self, consumer: Consumer) -> None:
        """Let `consumer` go; nothing happens if it is not here."""
        if consumer not in self._all:
            return
        self._all.remove(consumer)
        if consumer in self._full:
            self._full.remove(consumer)
        else:
            self._line(consumer.priority).remove(consumer)

    def next_with_room(self) -> Consumer | None:
        """Return whose turn it is, and give the turn to the next."""
        if self.single_active:
            return self._active_with_room()
        for _, line in self._lines:
            while line:
                consumer = line[0]
                if consumer.has_room():
                    line.rotate(-1)
                    return consumer
                self._full.add(line.popleft())
        return None

    def has_room_again(self, consumer: Consumer) -> None:
        """Learn that `consumer` may have room where it had none."""
        if consumer in self._full:
            self._full.remove(consumer)
            self._line(consumer.priority).append(consumer)

    def active(self) -> Consumer | None:
        """Return the one that is given messages while the others wait in reserve."""
        return self._all[0] if self._all else None

    def _active_with_room(self) -> Consumer | None:
        active = self.active()
        return active if active is not None and active.has_room() else None

    def _line(self, priority: int) -> deque[Consumer]:
        for level, line in self._lines:
            if level == priority:
                return line
        line = deque()
        self._lines.append((priority, line))
        self._lines.sort(key=lambda item: -item[0])
        return line
