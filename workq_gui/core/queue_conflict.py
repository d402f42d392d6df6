"""A queue that exists with other arguments than those it is wanted with."""

from dataclasses import dataclass

from workq_gui.core.queue_settings import QueueSettings

ABSENT = "not given"
"""What stands in the place of an argument that one side does not have."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One argument of a queue that differs.

    Attributes:
        argument: As it is called in AMQP: "durable", "x-queue-type".
        wanted: What WorkQ would declare, in words.
        actual: What the queue has, in words.
    """

    argument: str
    wanted: str
    actual: str

    def __str__(self) -> str:
        return f"{self.argument}: wanted {self.wanted}, actual {self.actual}"


@dataclass(frozen=True, slots=True)
class QueueConflict:
    """A queue that cannot be declared as it is wanted, and how it is instead.

    Attributes:
        queue: Its name.
        differences: What differs; at least one.
        ready_count: Messages waiting in it, which would be lost with it.
        consumer_count: Consumers of it, none of them ours.
        actual: The settings with which it is used as it is.
        words: The broker's own, of the first refusal.
    """

    queue: str
    differences: tuple[Difference, ...]
    ready_count: int
    consumer_count: int
    actual: QueueSettings
    words: str
